import type { DataPlaneConfiguration, DataPlaneListener } from "../../interface";
import { endpointKey } from "../messages";

/**
 * What is served after a change. Without `retire` what the new configuration does not have stays, a listener's former
 * endpoints included; a listener that could not be held (`without`) stays as it was, if it was.
 */
export function joined(
  before: DataPlaneConfiguration,
  next: DataPlaneConfiguration,
  { without, retire }: { readonly without: ReadonlySet<string>; readonly retire: boolean },
): DataPlaneConfiguration {
  const held = next.listeners.filter((listener) => !without.has(listener.id));
  const served = retire ? held : held.map((listener) => withFormerEndpoints(listener, before.listeners));
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

function withFormerEndpoints(
  listener: DataPlaneListener,
  before: readonly DataPlaneListener[],
): DataPlaneListener {
  const former = before.find(({ id }) => id === listener.id)?.endpoints ?? [];
  const endpoints = new Map([...former, ...listener.endpoints].map((each) => [endpointKey(each), each]));
  return { ...listener, endpoints: [...endpoints.values()] };
}
