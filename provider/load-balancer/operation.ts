import { OffloadError, type Document } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn, type Deadline } from "../fleet/deadline";
import { inTurn } from "../fleet/queue";
import { reachAll, type Agents } from "../fleet/reach";
import { runTransaction, type Outcome } from "../fleet/transaction";
import { reachForDelete } from "../resource/delete";
import type { HiddenInput, Target } from "../resource/hidden-input";
import type { Identity } from "../resource/operation";
import { disconnectAgent } from "../transport/connect";
import { loadBalancerObject } from "./object";
import type { LoadBalancerInputs } from "./schema";

/** What create and update of a load balancer have to go by. */
export interface LoadBalancerChange {
  readonly inputs: LoadBalancerInputs;
  readonly hidden: HiddenInput;
  readonly identity: Identity;
  readonly previousOwner: string | null;
  /** As it was; null: there is none yet. */
  readonly old: Target | null;
  readonly log: ResourceLog;
}

/** Installs agents where there are none, gives every host its part, and removes the agents of hosts that left. */
export function applyLoadBalancer(change: LoadBalancerChange): Promise<{ agents: Agents; outcome: Outcome }> {
  return inTurn(change.hidden.target.loadBalancerId, async () => {
    const { hidden, old, log } = change;
    const { target } = hidden;
    const deadline = deadlineIn(target.timeoutSeconds);
    refuseMoved(target, old);
    const agents = await reachAll(target, "install", { log, deadline });
    try {
      const outcome = await putParts(change, agents, deadline);
      await removeHosts(leftBehind(target, old), old, log, deadline);
      return { agents, outcome };
    } catch (error) {
      await removeUnused(target, agents, log);
      throw error;
    }
  });
}

function putParts(
  { inputs, hidden, identity, previousOwner, log }: LoadBalancerChange,
  agents: Agents,
  deadline: Deadline,
): Promise<Outcome> {
  return runTransaction({
    target: hidden.target,
    agents,
    holder: hidden.owner,
    changeOf: (host) => ({
      puts: [
        {
          object: loadBalancerObject(inputs, hidden, host, identity),
          adopt: false,
          previousOwner,
          keyPem: null,
        },
      ],
      deletes: [],
    }),
    wish: { mode: hidden.target.verify },
    alwaysVerify: [],
    log,
    deadline,
  });
}

/** Deletes the load balancer on every host, and with it the agent. */
export async function deleteLoadBalancer(
  id: string,
  incarnation: string,
  { target, owner }: HiddenInput,
  log: ResourceLog,
): Promise<readonly string[]> {
  return inTurn(target.loadBalancerId, async () => {
    const deadline = deadlineIn(target.timeoutSeconds);
    const agents = await reachForDelete(id, target, log, deadline);
    const ours = await oursAmong(agents, id, incarnation);
    const { problems } = await runTransaction({
      target,
      agents: ours,
      holder: owner,
      changeOf: () => ({ puts: [], deletes: [{ id, incarnation }] }),
      wish: { mode: target.verify, requireHealthyBackend: false },
      alwaysVerify: [],
      log,
      deadline,
    });
    for (const host of ours.keys()) await removeHost(host, target, log, deadline);
    return problems;
  });
}

/** A host where another incarnation is has been taken over: its agent stays. One without any object is ours. */
async function oursAmong(agents: Agents, id: string, incarnation: string): Promise<Agents> {
  const kept = await Promise.all(
    [...agents].map(async ([host, agent]) => {
      const { confirmed } = await agent.call("document", {});
      const object = confirmed.objects[id];
      const ours = object === undefined ? isEmpty(confirmed) : object.incarnation === incarnation;
      return ours ? [[host, agent] as const] : [];
    }),
  );
  return new Map(kept.flat());
}

/** Its state directory is where a host's keys and document are: another one would be another host. */
function refuseMoved(target: Target, old: Target | null): void {
  for (const [host, { local }] of Object.entries(target.hosts)) {
    const before = old?.hosts[host]?.local.stateDir;
    if (before !== undefined && before !== local.stateDir) {
      const parameters = { old: before, directory: local.stateDir };
      throw new OffloadError("STATE_DIRECTORY_MOVED", `host ${host}`, parameters);
    }
  }
}

function leftBehind(target: Target, old: Target | null): string[] {
  return Object.keys(old?.hosts ?? {}).filter((host) => target.hosts[host] === undefined);
}

async function removeHosts(
  hosts: readonly string[],
  old: Target | null,
  log: ResourceLog,
  deadline: Deadline,
): Promise<void> {
  for (const host of hosts) {
    if (old === null) continue;
    await removeHost(host, old, log, deadline);
    log.info(`host ${host}: its agent is stopped and removed`);
  }
}

async function removeHost(host: string, target: Target, log: ResourceLog, deadline: Deadline): Promise<void> {
  const reachable = target.hosts[host];
  if (reachable !== undefined) await disconnectAgent(host, reachable, { log, deadline });
}

/** After a failed create or update: agents that serve nobody do not stay. */
async function removeUnused(target: Target, agents: Agents, log: ResourceLog): Promise<void> {
  const deadline = deadlineIn(target.timeoutSeconds);
  for (const [host, agent] of agents) {
    const answer = await agent.call("document", {}).catch(() => null);
    if (answer?.pending !== null || !isEmpty(answer.confirmed)) continue;
    await removeHost(host, target, log, deadline).catch(() => undefined);
  }
}

function isEmpty({ objects }: Document): boolean {
  return Object.keys(objects).length === 0;
}
