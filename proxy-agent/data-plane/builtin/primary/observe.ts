import type { ObservedGroup } from "../../../contract/observed";
import type { DataPlaneConfiguration, ObservedDataPlane } from "../../interface";
import { endpointOf, type WorkerListenerObserved, type WorkerObserved } from "../messages";

type ObservedListener = ObservedDataPlane["listeners"][number];

/** One answer for the host out of one from each worker. */
export function mergeObserved(
  answers: readonly WorkerObserved[],
  expected: { readonly workers: number; readonly served: DataPlaneConfiguration },
): ObservedListener[] {
  const ids = new Set(answers.flatMap((answer) => answer.listeners.map((listener) => listener.id)));
  const servedIds = new Set(expected.served.listeners.map((listener) => listener.id));
  return [...ids].flatMap((id) => {
    const all = answers.flatMap((answer) => answer.listeners.filter((listener) => listener.id === id));
    // One that drains is in the workers that still have connections of it: there is nothing to agree on.
    const isComplete = !servedIds.has(id) || all.length === expected.workers;
    return mergeOne(all, isComplete);
  });
}

/** One answer for the host for each group that any worker has. */
export function mergeGroups(answers: readonly WorkerObserved[]): ObservedGroup[] {
  const ids = new Set(answers.flatMap(({ groups }) => groups.map(({ serverGroupId }) => serverGroupId)));
  return [...ids].sort().flatMap((id) => {
    const all = answers.flatMap(({ groups }) => groups.filter(({ serverGroupId }) => serverGroupId === id));
    const workersAgree =
      all.length === answers.length && new Set(all.map((each) => JSON.stringify(each))).size === 1;
    return all.slice(0, 1).map((first) => ({ ...first, workersAgree }));
  });
}

function mergeOne(all: readonly WorkerListenerObserved[], isComplete: boolean): ObservedListener[] {
  const [first] = all;
  if (first === undefined) {
    return [];
  }
  const bound = first.endpoints.filter((endpoint) => all.every((each) => each.endpoints.includes(endpoint)));
  return [
    {
      id: first.id,
      bound: bound.map(endpointOf),
      fingerprintsSha256: [...first.fingerprintsSha256],
      securityPolicyId: first.securityPolicyId,
      unavailableCiphers: [...first.unavailableCiphers],
      serverGroupId: first.serverGroupId,
      connections: all.reduce((sum, each) => sum + each.connections, 0),
      workersAgree: isComplete && new Set(all.map(whatIsServed)).size === 1,
      connectionsByServer: sumByKey(all.map((each) => each.connectionsByServer)),
    },
  ];
}

function whatIsServed(listener: WorkerListenerObserved): string {
  const { endpoints, fingerprintsSha256, securityPolicyId, serverGroupId } = listener;
  return JSON.stringify([endpoints.toSorted(), fingerprintsSha256, securityPolicyId, serverGroupId]);
}

export function sumByKey(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [key, value] of records.flatMap((record) => Object.entries(record))) {
    sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}
