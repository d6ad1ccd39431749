import { OffloadError } from "tls-offload-agent/contract";
import type { Agents } from "../fleet/reach";
import type { Target } from "../resource/hidden-input";
import { claimOnDisk } from "../transport/local/claim";

/** Before anything is installed or started: a host of another load balancer is left exactly as it is. */
export async function refuseClaimed({ loadBalancerId, hosts }: Target, agents: Agents): Promise<void> {
  for (const [host, agent] of agents) {
    const facts = await agent.call("facts", {}).catch(() => null);
    // A dead one would be started. Of hosts over SSH the installation itself looks at the disk.
    const stateDir = hosts[host]?.local?.stateDir;
    const onDisk = stateDir === undefined ? null : await claimOnDisk(stateDir);
    const actual = facts?.loadBalancerId ?? onDisk;
    if (actual !== null && actual !== loadBalancerId) {
      throw new OffloadError("HOST_CLAIMED", `host ${host}`, { actual, loadBalancerId });
    }
  }
}
