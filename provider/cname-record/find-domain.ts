import * as pulumi from "@pulumi/pulumi";
import type { Domain } from "../domain/resource";
import { fromTarget, targetOf } from "../load-balancer/target";
import { currentProgram, type Member } from "../program/program";
import { referred } from "../program/references";
import { zoneOf } from "../zone/declared";
import type { Construction } from "../resource/base";
import { normalize } from "../dns/name";

/** A record's domain as its constructor needs it. */
export interface DomainOfRecord extends Omit<Construction, "inputs"> {
  readonly domainName: unknown;
  /** The id of the domain's object; "" where the domain was not found. */
  readonly domainId: unknown;
}

/** Finds the domain that a record belongs to: given itself, or by the name that the program declared before. */
export function findDomain(reference: Domain | pulumi.Input<string>): DomainOfRecord {
  if (pulumi.Resource.isInstance(reference)) return ofDomain(reference);
  const found = declared(reference);
  if (found === undefined) return { domainName: reference, domainId: "", target: undefined, after: [] };
  return { ...ofDomain(found.resource), domainName: reference };
}

function ofDomain(domain: pulumi.Resource): DomainOfRecord {
  const target = targetOf(domain);
  const zone = zoneOf(domain);
  const member = currentProgram().members.find(({ resource }) => resource === domain);
  const domainName: unknown = member?.given["domainName"] ?? (domain as Partial<Domain>).domainName;
  const base = zone === undefined ? fromTarget(target, ({ loadBalancerId }) => loadBalancerId) : stackBase();
  return { domainName, domainId: domainIdOf(base, domainName), target, zone, after: [domain] };
}

/** As the provider makes it of the owner: see stackOf. */
function stackBase(): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}`;
}

function domainIdOf(base: pulumi.Input<string> | undefined, domainName: unknown): unknown {
  const idOf = (id: string, name: unknown): string => `${id}/domain/${normalize(String(name))}`;
  if (typeof base === "string" && typeof domainName === "string") return idOf(base, domainName);
  return pulumi.all([base ?? "", domainName]).apply(([id, name]) => idOf(id, name));
}

function declared(reference: pulumi.Input<string>): Member | undefined {
  const { members } = currentProgram();
  if (typeof reference !== "string") return referred(members, "Domain", reference);
  const wanted = normalize(reference);
  return members.find(({ place, inputs }) => place.type === "Domain" && inputs["domainName"] === wanted);
}
