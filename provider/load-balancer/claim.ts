import { OffloadError } from "tls-offload-agent/contract";
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
