import type { DataPlaneConfiguration } from "../../interface";

/**
 * What is served after a change. Without `retire` what the new configuration does not have stays; a listener that
 * could not be held (`without`) stays as it was, if it was.
 */
export function joined(
  before: DataPlaneConfiguration,
  next: DataPlaneConfiguration,
  { without, retire }: { readonly without: ReadonlySet<string>; readonly retire: boolean },
): DataPlaneConfiguration {
  const served = next.listeners.filter((listener) => !without.has(listener.id));
  const nextIds = new Set(next.listeners.map((listener) => listener.id));
  const stay = before.listeners.filter(({ id }) => without.has(id) || (!retire && !nextIds.has(id)));
  const groupIds = new Set(next.groups.map((group) => group.id));
  const oldGroups = retire ? [] : before.groups.filter((group) => !groupIds.has(group.id));
  return {
    generation: next.generation,
    listeners: [...served, ...stay],
    groups: [...next.groups, ...oldGroups],
  };
}
