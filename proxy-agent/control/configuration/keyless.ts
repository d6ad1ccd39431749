import type {
  DataPlaneConfiguration,
  DataPlaneListener,
  ObservedDataPlane,
} from "../../data-plane/interface";

/**
 * What a data plane is told of listeners whose key was lost. One that runs is told as it is: the data plane, an
 * older one too, cannot take it so, and a listener that it cannot take stays as it was. One that does not run is
 * served without the additional certificates that lack their key, and not at all without its default one: another
 * site's certificate in its place would be worse.
 */
export function withoutLostKeys(
  configuration: DataPlaneConfiguration,
  live: ObservedDataPlane["listeners"],
): DataPlaneConfiguration {
  const running = new Set(live.filter(({ bound }) => bound.length > 0).map(({ id }) => id));
  const listeners = configuration.listeners
    .map((listener) => (running.has(listener.id) ? listener : reduced(listener)))
    .filter((listener) => listener !== undefined);
  return { ...configuration, listeners };
}

export function lacksKey({ certificates }: DataPlaneListener): boolean {
  return certificates.some(({ keyPem }) => keyPem === "");
}

function reduced(listener: DataPlaneListener): DataPlaneListener | undefined {
  const [first, ...others] = listener.certificates;
  return first === undefined || first.keyPem === ""
    ? undefined
    : { ...listener, certificates: [first, ...others.filter(({ keyPem }) => keyPem !== "")] };
}
