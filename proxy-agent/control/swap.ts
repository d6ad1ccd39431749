import type { ObservedDataPlane } from "../data-plane/interface";
import { withoutNewPorts } from "./configuration/dns";
import type { Plan } from "./plan/plan";
import { errorOfProblem, type ObjectProblem } from "./problem";
import {
  changesDataPlane,
  changesDns,
  withObjectId,
  withoutProbing,
  type Served,
  type Serving,
} from "./serving";
import { reach } from "./steps";
import { sameJson } from "./store/canonical";

export interface Step {
  readonly plan: Plan;
  readonly before: Served;
  readonly after: Served;
}

export interface Validated {
  /** The listeners as they live now; empty when the change does not concern the data plane. */
  readonly live: ObservedDataPlane["listeners"];
  /** false: something that the change does not touch is broken already, and must not hold it up. */
  readonly strict: boolean;
}

/** Tries a change without making it. Throws the first problem of an object that the change touches. */
export async function validate(serving: Serving, step: Step): Promise<Validated> {
  const { plan, before, after } = step;
  refuseTouched(plan, after.problems);
  refuseKeyless(step);
  if (changesDns(before, after)) {
    const configuration = withoutProbing(after.dns);
    refuse(withObjectId((await serving.dns.callPatiently("validate", { configuration })).problems));
  }
  if (!changesDataPlane(before, after)) {
    return { live: [], strict: true };
  }
  const configuration = await serving.servable(after.dataPlane, "callPatiently");
  const { problems } = await serving.dataPlane.callPatiently("validate", { configuration });
  refuseTouched(plan, serving.withoutKnown(configuration, problems));
  const { listeners } = await serving.dataPlane.call("observe", {});
  return { live: listeners, strict: problems.length === 0 };
}

/** Adds and re-points; ends nothing. Throws when a process refuses or does not answer. */
export async function swap(serving: Serving, { before, after }: Step, strict: boolean): Promise<void> {
  const dataPlane = { configuration: after.dataPlane, retire: false };
  if (changesDataPlane(before, after)) {
    const problems = await serving.dataPlaneFollower.swap(dataPlane, strict);
    refuse(strict ? problems : []);
  } else {
    await serving.dataPlaneFollower.settle(dataPlane);
  }
  reach("data-plane-swapped");
  const dns = { configuration: withoutNewPorts(after.dns, before.dns), onlyIfIdle: false };
  if (changesDns(before, after)) {
    refuse(await serving.dnsFollower.swap(dns, true));
  } else {
    await serving.dnsFollower.settle(dns);
  }
  reach("dns-swapped");
}

function refuseTouched({ touched, affectedListenerIds }: Plan, problems: readonly ObjectProblem[]): void {
  const ids = new Set([...touched.map(({ objectId }) => objectId), ...affectedListenerIds]);
  refuse(problems.filter(({ objectId }) => ids.has(objectId)));
}

/** A listener whose key was lost stays as it is: a change of it would not be served. */
function refuseKeyless({ plan, before, after }: Step): void {
  const touched = new Set(plan.touched.map(({ objectId }) => objectId));
  const old = new Map(before.dataPlane.listeners.map((listener) => [listener.id, listener]));
  for (const listener of after.dataPlane.listeners) {
    const problem = after.keyless.get(listener.id);
    if (problem !== undefined && (touched.has(listener.id) || !sameJson(old.get(listener.id), listener))) {
      throw errorOfProblem(problem);
    }
  }
}

function refuse(problems: readonly ObjectProblem[]): void {
  const [first] = problems;
  if (first !== undefined) {
    throw errorOfProblem(first);
  }
}
