import { LIMITS, type Delete, type Document, type StoredObject } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import { releaseName } from "../fleet/name-zone";
import { inParallel, inTurn } from "../fleet/queue";
import type { Agents } from "../fleet/reach";
import { runTransaction } from "../fleet/transaction";
import { reachForDelete } from "../resource/delete";
import type { HiddenInput } from "../resource/hidden-input";
import { outlastConnections } from "./drain";
import { isEmpty } from "./installing";
import { removeHost } from "./leaving";

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
    // One that was reached and has no agent may have the processes of one, whose directory was removed.
    for (const host of [...ours.keys(), ...bare]) await removeHost(host, target, log);
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

function deletionOf({ id, incarnation }: StoredObject): Delete {
  return { id, incarnation };
}

function namesOf(objects: readonly StoredObject[]): string {
  return objects.map(({ id }) => id).join(", ");
}
