import { checkClaim } from "../claim";
import type { Prepared } from "../prepared";
import { installAgent, lookForAgent, type LocalAgent } from "./agent";
import { claimOnDisk } from "./claim";

/** Throws when the agent there is another load balancer's, dead or alive. */
export async function prepareAgent(agent: LocalAgent, loadBalancerId: string): Promise<Prepared> {
  const { host, stateDir } = agent;
  const client = await lookForAgent(agent);
  const facts = await client?.call("facts", {}).catch(() => null);
  // A dead one would be started.
  checkClaim(host, loadBalancerId, facts?.loadBalancerId ?? (await claimOnDisk(stateDir)));
  return { host, isBare: client === null, install: () => installAgent(agent) };
}
