import type { FactsAnswer } from "tls-offload-agent/contract";
import { hostsNamedIn } from "../fleet/plan";
import { tryAll, type Agents, type Attempt } from "../fleet/reach";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "../transport/agent-client";
import { leavingHosts } from "./departures";

/** A host that leaves, and whose agent goes with it. */
export interface Leaver {
  readonly host: string;
  /** The load balancer as it was, which knows the way to the host. */
  readonly old: Target;
  /** undefined: the host cannot be reached, or has none any more. */
  readonly agent: AgentClient | undefined;
  /** It answers and has its part of the load balancer: clients may be there. */
  readonly serves: boolean;
}

/** Hosts that leave and whose agents are to be removed. Of the others it is told why their agents stay. */
export async function leaversOf(
  target: Target,
  old: Target | null,
  staying: Agents,
  attempt: Attempt,
): Promise<readonly Leaver[]> {
  const leaving = leavingHosts(target, old);
  if (old === null || leaving.length === 0) return [];
  const released = hostsNamedIn(process.env["OFFLOAD_RELEASE_HOSTS"]);
  for (const host of leaving.filter((name) => released.has(name))) {
    attempt.log.warning(`host ${host} is given up: what is on it stays there`);
  }
  const wanted = leaving.filter((host) => !released.has(host));
  const { agents } = await tryAll(old, wanted, "look", attempt);
  const kept = await instancesOf(staying);
  const leavers = wanted.map(async (host): Promise<Leaver[]> => {
    const agent = agents.get(host);
    const facts = await agent?.call("facts", {}).catch(() => undefined);
    if (facts !== undefined && staysThere(host, facts, { old, kept }, attempt)) return [];
    return [{ host, old, agent, serves: facts?.loadBalancerId === old.loadBalancerId }];
  });
  return (await Promise.all(leavers)).flat();
}

/** Under another name, or of a load balancer to which it was given since. */
function staysThere(
  host: string,
  { instance, loadBalancerId }: FactsAnswer,
  { old, kept }: { old: Target; kept: ReadonlySet<string> },
  { log }: Attempt,
): boolean {
  if (instance !== undefined && kept.has(instance)) {
    log.info(`host ${host} goes on under another name`);
    return true;
  }
  if (loadBalancerId === null || loadBalancerId === old.loadBalancerId) return false;
  log.warning(`host ${host} belongs to ${loadBalancerId} now: the agent there stays`);
  return true;
}

async function instancesOf(agents: Agents): Promise<ReadonlySet<string>> {
  const answers = await Promise.all([...agents.values()].map((agent) => agent.call("facts", {})));
  return new Set(answers.flatMap(({ instance }) => instance ?? []));
}
