import { LIMITS, type Document } from "tls-offload-agent/contract";
import { areWaitsSkipped } from "../dns/outlast";
import { poll } from "../fleet/deadline";
import type { Attempt } from "../fleet/reach";
import type { ResourceLog } from "../engine-log/resource-log";
import type { AgentClient } from "../transport/agent-client";

const POLL_SECONDS = 0.5;

/**
 * Before a host leaves: it takes no new connections, and open ones may go on as long as their groups' own drain
 * setting says. Without such a setting they end with the host: nobody wants to wait for a connection that may stay
 * for days. A host that does not answer does not hold anything up.
 */
export async function drainHost(
  agent: AgentClient,
  loadBalancerId: string,
  { log, deadline }: Attempt,
): Promise<void> {
  const { host } = agent;
  try {
    const { confirmed } = await agent.call("document", {});
    const seconds = longestDrain(confirmed);
    if (seconds === 0) return;
    await stopListening(agent, confirmed, loadBalancerId);
    const open = await connectionsAt(agent);
    if (open > 0) log.info(`host ${host}: ${open} connections may go on for up to ${seconds} s`);
    await poll(async () => ((await connectionsAt(agent)) === 0 ? true : undefined), {
      seconds,
      everySeconds: POLL_SECONDS,
      deadline,
    });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    log.warning(`host ${host}: leaves without draining: ${detail}`);
  }
}

/**
 * Before a load balancer goes: its listeners are gone, and connections that their groups' own drain setting gave time to
 * have it. An agent that dies meanwhile holds nothing up. OFFLOAD_SKIP_WAITS does not wait.
 */
export async function outlastConnections(agent: AgentClient, log: ResourceLog): Promise<void> {
  if (areWaitsSkipped()) return;
  try {
    await awaitTheirEnd(agent, log);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    log.warning(`host ${agent.host}: goes without draining: ${detail}`);
  }
}

async function awaitTheirEnd(agent: AgentClient, log: ResourceLog): Promise<void> {
  const seconds = await drainSecondsAt(agent);
  if (seconds === 0) return;
  const open = await connectionsAt(agent);
  log.info(
    `host ${agent.host}: ${open} connections may go on for up to ${seconds} s (OFFLOAD_SKIP_WAITS=1 does not wait)`,
  );
  await poll(
    async () => {
      const left = await drainSecondsAt(agent);
      log.progress(`host ${agent.host}: connections may go on for up to ${left} s more`);
      return left === 0 ? true : undefined;
    },
    { seconds, everySeconds: POLL_SECONDS },
  );
}

/** Rounded up. Agents that cannot tell hold nothing up. */
async function drainSecondsAt(agent: AgentClient): Promise<number> {
  const { dataPlane } = await agent.call("observed", {});
  return Math.ceil(dataPlane.drainSeconds ?? 0);
}

/** Of the groups that drain; 0: none does. */
function longestDrain({ objects }: Document): number {
  const timeouts = Object.values(objects).map((object) =>
    object.kind === "serverGroup" ? (object.spec.connectionDrainTimeoutSeconds ?? 0) : 0,
  );
  return Math.max(0, ...timeouts);
}

async function stopListening(agent: AgentClient, { objects }: Document, holder: string): Promise<void> {
  const listeners = Object.values(objects).filter(({ kind }) => kind === "listener");
  await agent.call("change", {
    holder,
    expectedGeneration: null,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: LIMITS.unheardProviderSeconds,
    puts: [],
    deletes: listeners.map(({ id, incarnation }) => ({ id, incarnation })),
  });
}

async function connectionsAt(agent: AgentClient): Promise<number> {
  const { dataPlane } = await agent.call("observed", {});
  return dataPlane.listeners.reduce((sum, { connections }) => sum + connections, 0);
}
