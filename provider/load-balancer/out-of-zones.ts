import { LIMITS } from "tls-offload-agent/contract";
import { deadlineIn } from "../fleet/deadline";
import { hostsInOrder } from "../fleet/plan";
import { putAddresses, sightsOf, withAddresses, type Publishing } from "../fleet/publish";
import { stayingHosts } from "../fleet/publish-plan";
import { tryAll } from "../fleet/reach";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "../transport/agent-client";

/** The zones of hosts that stay lead to no other. For a host that leaves before the load balancer's own change. */
export async function outOfZones(
  publishing: Publishing,
  old: Target | null,
  kept: readonly string[],
): Promise<void> {
  const staying = stayingHosts(publishing.target, old);
  const agents = new Map([...publishing.agents].filter(([host]) => staying.includes(host)));
  const sights = await sightsOf(publishing.target, agents);
  await putAddresses({ ...publishing, agents }, sights, kept);
}

/**
 * A host that leaves or goes into Maintenance serves DNS itself: as far as it can be reached, its own zone does not
 * lead to it either. Quick, and nothing fails by it: the host may be dead.
 */
export async function outOfOwnZones(
  { target, holder, log }: Publishing,
  old: Target | null,
  kept: readonly string[],
): Promise<void> {
  if (old === null) return;
  const going = hostsInOrder(old).active.filter((host) => target.hosts[host]?.status !== "Active");
  const deadline = deadlineIn(LIMITS.leavingHostSeconds);
  const { agents } = await tryAll(old, going, "look", { log, deadline });
  const narrowing = [...agents.values()].map((agent) => narrowZone(agent, target, holder, kept));
  await Promise.allSettled(narrowing);
}

async function narrowZone(
  agent: AgentClient,
  { loadBalancerId }: Target,
  holder: string,
  kept: readonly string[],
): Promise<void> {
  const quick = { timeoutSeconds: LIMITS.leavingHostSeconds };
  const { confirmed } = await agent.call("document", {}, quick);
  const { puts } = withAddresses(loadBalancerId, confirmed, kept);
  const request = {
    holder,
    expectedGeneration: confirmed.generation,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: 0,
    puts: [...puts],
    deletes: [],
  };
  if (puts.length > 0) await agent.call("change", request, quick);
}
