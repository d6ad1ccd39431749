import * as pulumi from "@pulumi/pulumi";
import type { Member } from "./program";

/**
 * The resource that an argument refers to. An id is unknown in the first preview, so it is not the value that
 * tells, but the output's identity, or else the only resource of that type that the output came from.
 */
export function referred(members: readonly Member[], type: string, value: unknown): Member | undefined {
  const candidates = members.filter(({ place }) => place.type === type);
  if (typeof value === "string") return candidates.find((member) => idOf(member) === value);
  if (!pulumi.Output.isInstance(value)) return undefined;
  const exact = candidates.find(({ resource }) => resource.id === value);
  if (exact !== undefined) return exact;
  const sources = sourcesOf(value);
  const found = candidates.filter(({ resource }) => sources.has(resource));
  return found.length === 1 ? found[0] : undefined;
}

/** All resources that an output was computed from, as far as the SDK knows without waiting. */
export function sourcesOf(value: pulumi.Output<unknown>): ReadonlySet<pulumi.Resource> {
  const { resources } = value as unknown as { readonly resources?: () => Set<pulumi.Resource> };
  return resources === undefined ? new Set() : resources();
}

/** The elements of an argument that is a plain list; of anything else nothing is known yet. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The id that the resource will have, where the constructor can tell. */
export function idOf({ target, place, inputs }: Member): string | undefined {
  if (target === undefined || pulumi.Output.isInstance(target) || target instanceof Promise) return undefined;
  const base = target.loadBalancerId;
  switch (place.type) {
    case "Certificate":
      return `${base}/certificate/${place.name}`;
    case "ServerGroup":
      return `${base}/server-group/${place.name}`;
    case "Domain":
      return `${base}/domain/${String(inputs["domainName"])}`;
    default:
      return undefined;
  }
}
