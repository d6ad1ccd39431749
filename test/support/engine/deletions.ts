import type { ResourceState } from "./state";

/** Groups that may be deleted at once, dependents before what they depend on; last created first. */
export function deletionWaves(resources: readonly ResourceState[]): ResourceState[][] {
  const waves: ResourceState[][] = [];
  let rest = [...resources].reverse();
  while (rest.length > 0) {
    const needed = new Set(rest.flatMap((resource) => [...resource.dependencies, resource.parent]));
    const free = rest.filter((resource) => !needed.has(resource.urn));
    if (free.length === 0)
      throw new Error(`dependencies in a circle: ${rest.map(({ urn }) => urn).join(", ")}`);
    waves.push(free);
    rest = rest.filter((resource) => !free.includes(resource));
  }
  return waves;
}
