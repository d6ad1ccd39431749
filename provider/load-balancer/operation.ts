import { LIMITS, type Delete, type Document, type StoredObject } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { adoptClones } from "../fleet/clones";
import { deadlineIn } from "../fleet/deadline";
import { inParallel, inTurn } from "../fleet/queue";
import { inStep, sightsOf, type Publishing } from "../fleet/publish";
import { drainedHosts, keptAddresses } from "../fleet/publish-plan";
import type { Agents } from "../fleet/reach";
import { runTransaction, type Outcome } from "../fleet/transaction";
import { claimName, releaseName } from "../fleet/name-zone";
import { reachForDelete } from "../resource/delete";
import type { HiddenInput, Target } from "../resource/hidden-input";
import type { Identity } from "../resource/operation";
import { documentsOf } from "./documents";
import { leavingHosts, renamedHosts } from "./departures";
import { outlastConnections } from "./drain";
import { installAll, isEmpty, prepareAll, takeBack } from "./installing";
import { outOfOwnZones, outOfZones, removeHost, removeHosts, requireSuccessors } from "./leaving";
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

export interface LoadBalancerApplied {
  readonly agents: Agents;
  /** Hosts that were drained by hand. */
  readonly drained: readonly string[];
  readonly outcome: Outcome;
  /** Hosts that left could not be removed, though all else is done; null: they were. */
  readonly leftOver: Error | null;
}

/** Installs agents where there are none, gives every host its part, and removes the agents of hosts that left. */
export function applyLoadBalancer(change: LoadBalancerChange): Promise<LoadBalancerApplied> {
  return inTurn(change.hidden.target.loadBalancerId, async () => {
    const { hidden, old, log } = change;
    const { target } = hidden;
    const attempt = { log, deadline: deadlineIn(target.timeoutSeconds) };
    const prepared = await prepareAll(target, old, attempt);
    try {
      const agents = await installAll(prepared);
      await adoptClones(agents, log);
      const documents = await documentsOf(agents);
      requireSuccessors(target, old, documents);
      const kept = keptAddresses(target, old, documents);
      await claimName(
        target,
        change.identity,
        { previousOwner: change.previousOwner, addresses: kept },
        attempt.deadline,
      );
      const publishing = { target, agents, holder: hidden.owner, ...attempt };
      // The same machine under another name: two agents cannot have its ports.
      const renamed = renamedHosts(target, old);
      if (renamed.length > 0) await outOfZones(publishing, old, kept);
      await removeHosts(renamed, { old, staying: agents, areNamed: false }, attempt);
      const outcome = await putParts(change, publishing, kept);
      await outOfOwnZones(publishing, old, kept);
      const leftOver = await failureOf(
        removeHosts(leavingHosts(target, old), { old, staying: agents, areNamed: true }, attempt),
      );
      return { agents, drained: drainedHosts(await sightsOf(target, agents)), outcome, leftOver };
    } catch (error) {
      // Nobody would know of a name whose load balancer was not made.
      if (old === null) await releaseName(target, change.identity).catch(() => false);
      await takeBack(target, prepared, log);
      throw error;
    }
  });
}

/** Nobody comes to the load balancer's name by its own change, only after it and once verified. */
function putParts(
  { inputs, hidden, identity, previousOwner }: LoadBalancerChange,
  publishing: Publishing,
  kept: readonly string[],
): Promise<Outcome> {
  return inStep(publishing, { mayAdd: true }, () =>
    runTransaction({
      ...publishing,
      changeOf: (host) => ({
        puts: [
          {
            object: loadBalancerObject(inputs, hidden, host, identity, kept),
            adopt: false,
            previousOwner,
            keyPem: null,
          },
        ],
        deletes: [],
      }),
      wish: { mode: hidden.target.verify },
      alwaysVerify: [],
    }),
  );
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
    const { agents, bare } = await reachForDelete(id, target, log, deadline);
    const ours = await oursAmong(agents, id, incarnation);
    const { problems } = await runTransaction({
      target,
      agents: ours,
      holder: owner,
      changeOf: (host, document) => {
        const orphans = orphansIn(document, id, owner);
        if (orphans.length > 0)
          log.warning(`host ${host}: removing ${namesOf(orphans)}, which no state knows`);
        return { puts: [], deletes: [{ id, incarnation }, ...orphans.map(deletionOf)] };
      },
      wish: { mode: target.verify, requireHealthyBackend: false },
      alwaysVerify: [],
      log,
      deadline,
    });
    await releaseName(target, { owner, incarnation });
    await inParallel([...ours.values()], LIMITS.hostsAtOnce, (agent) => outlastConnections(agent, log));
    const removal = { log, deadline: deadlineIn(target.timeoutSeconds) };
    // One that was reached and has no agent may have the processes of one, whose directory was removed.
    for (const host of [...ours.keys(), ...bare]) await removeHost(host, target, removal);
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

/**
 * Pulumi deletes a load balancer after all that its stack declares on it. What is left of that stack was made by a
 * run that was killed before Pulumi could save it. Other stacks' objects keep the load balancer from going.
 */
function orphansIn({ objects }: Document, id: string, owner: string): StoredObject[] {
  const stack = owner.split("/").slice(0, 2).join("/");
  return Object.values(objects).filter((object) => object.id !== id && object.owner.startsWith(`${stack}/`));
}

async function failureOf(work: Promise<void>): Promise<Error | null> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

function deletionOf({ id, incarnation }: StoredObject): Delete {
  return { id, incarnation };
}

function namesOf(objects: readonly StoredObject[]): string {
  return objects.map(({ id }) => id).join(", ");
}
