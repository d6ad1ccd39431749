import { OffloadError } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { hostsNamedIn } from "../fleet/plan";
import type { Agents } from "../fleet/reach";

/** Before anything is installed: a host of another load balancer is left exactly as it is. */
export async function refuseClaimed(agents: Agents, loadBalancerId: string): Promise<void> {
  for (const [host, agent] of agents) {
    const actual = (await agent.call("facts", {}).catch(() => null))?.loadBalancerId ?? loadBalancerId;
    if (actual !== loadBalancerId) {
      throw new OffloadError("HOST_CLAIMED", `host ${host}`, { actual, loadBalancerId });
    }
  }
}

/** OFFLOAD_ADOPT_HOSTS names machines that took another one's place with its disk; others refuse changes by name. */
export async function adoptClones(agents: Agents, log: ResourceLog): Promise<void> {
  const adopted = hostsNamedIn(process.env["OFFLOAD_ADOPT_HOSTS"]);
  for (const host of await clonesAmong(agents)) {
    const agent = agents.get(host);
    if (agent === undefined || !adopted.has(host)) continue;
    await agent.call("adopt", {});
    log.warning(`host ${host}: the machine has another one's disk, and is the host from now on`);
  }
}

export async function clonesAmong(agents: Agents): Promise<readonly string[]> {
  const clones = await Promise.all(
    [...agents].map(async ([host, agent]) => {
      const facts = await agent.call("facts", {}).catch(() => null);
      return facts?.cloned === true ? [host] : [];
    }),
  );
  return clones.flat();
}
