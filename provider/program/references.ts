import * as pulumi from "@pulumi/pulumi";
import { fqdn } from "../dns/name";
import type { Unchecked } from "../resource/definition";
import { properties, text } from "../resource/known";
import { plain } from "./plain";
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
function idOf(member: Member): string | undefined {
  const base = loadBalancerIdOf(member);
  const part = ID_PARTS[member.place.type]?.(member);
  return base === undefined || part === undefined ? undefined : `${base}/${part}`;
}

const ID_PARTS: Readonly<Record<string, ((member: Member) => string) | undefined>> = {
  Certificate: ({ place }) => `certificate/${place.name}`,
  ServerGroup: ({ place }) => `server-group/${place.name}`,
  Domain: ({ inputs }) => `domain/${String(inputs["domainName"])}`,
};

/** The record's whole name, where it is known and makes sense. */
export function recordName({ inputs }: Member): string | undefined {
  const [rr, domain] = [text(inputs["rr"]), text(inputs["domainName"])];
  return rr === undefined || domain === undefined ? undefined : fqdn(rr, domain);
}

/** The load balancer that a resource belongs to; undefined while that is an output. */
function loadBalancerIdOf({ target }: Member): string | undefined {
  return text(plainTarget(target)["loadBalancerId"]);
}

/** Where a resource's object is: a load balancer, or somebody's zone; undefined while that is an output. */
export function placeKeyOf(member: Member): string | undefined {
  const { server, zone } = properties(plain(member.zone));
  const [ofServer, ofZone] = [text(server), text(zone)];
  if (member.zone === undefined) return loadBalancerIdOf(member);
  return ofServer === undefined || ofZone === undefined ? undefined : `zone ${ofZone} at ${ofServer}`;
}

/** The name of the load balancer that a resource belongs to. */
export function targetNameOf({ target }: Member): string | undefined {
  return text(plainTarget(target)["dnsName"]);
}

function plainTarget(target: Member["target"]): Unchecked {
  return properties(plain(target));
}
