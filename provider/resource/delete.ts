import { OffloadError, type ObjectKind } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { adoptClones } from "../fleet/clones";
import { deadlineIn, type Deadline } from "../fleet/deadline";
import { hostsNamedIn } from "../fleet/plan";
import { inStep, withoutObject } from "../fleet/publish";
import { inTurn } from "../fleet/queue";
import { tryAll, type Reached } from "../fleet/reach";
import { runTransaction } from "../fleet/transaction";
import { ShownError } from "./failure";
import { nameOf, type Target } from "./hidden-input";
import type { Declaration } from "./definition";
import type { ObjectOperation } from "./operation";
import { hiddenOf, incarnationOf, type Properties } from "./properties";
import { outlastName } from "./remembered";

/** Another incarnation, or nothing, at the id counts as already gone. */
export async function deleteObject<Inputs extends object, Kind extends ObjectKind>(
  declaration: Declaration,
  operation: ObjectOperation<Inputs, Kind>,
  { id, properties }: { id: string; properties: Properties },
  log: ResourceLog,
): Promise<void> {
  const hidden = hiddenOf(properties);
  const { target } = hidden;
  await operation.outlast?.(hidden, log);
  // Another incarnation has the id, such as the one that took this one's place: nobody is led astray.
  const successors = new Set<string>();
  const { problems } = await inTurn(target.loadBalancerId, async () => {
    const deadline = deadlineIn(target.timeoutSeconds);
    const { agents } = await reachForDelete(id, target, log, deadline);
    const incarnation = incarnationOf(properties);
    const common = { target, agents, holder: hidden.owner, log, deadline };
    return inStep(common, { without: withoutObject(id, incarnation), mayAdd: false }, () =>
      runTransaction({
        ...common,
        changeOf: (_host, document) => {
          const there = document.objects[id];
          if (there !== undefined && there.incarnation !== incarnation) successors.add(there.incarnation);
          return { puts: [], deletes: [{ id, incarnation }] };
        },
        wish: { mode: target.verify, requireHealthyBackend: false },
        alwaysVerify: [],
      }),
    );
  });
  if (problems.length > 0) throw new ShownError(nameOf(hidden), problems.join("\n"));
  if (successors.size === 0) await outlastName(declaration, operation, properties, log);
}

/**
 * Hosts without an agent have nothing to delete. One that cannot be reached fails the whole, unless it is in
 * Maintenance or given up.
 */
export async function reachForDelete(
  objectId: string,
  target: Target,
  log: ResourceLog,
  deadline: Deadline,
): Promise<Pick<Reached, "agents" | "bare">> {
  const released = hostsNamedIn(process.env["OFFLOAD_RELEASE_HOSTS"]);
  const hosts = Object.keys(target.hosts).sort();
  const wanted = hosts.filter((host) => !released.has(host));
  for (const host of hosts.filter((name) => released.has(name))) {
    log.warning(`host ${host} is given up: what is on it stays there`);
  }
  const { agents, bare, failures } = await tryAll(target, wanted, "revive", { log, deadline });
  for (const [host, { message }] of failures) {
    if (target.hosts[host]?.status === "Active") {
      throw new OffloadError("DELETE_UNREACHABLE", `host ${host}`, { objectId, host, detail: message });
    }
    log.warning(`host ${host} is in Maintenance and not reachable: ${objectId} stays there`);
  }
  await adoptClones(agents, log);
  return { agents, bare };
}
