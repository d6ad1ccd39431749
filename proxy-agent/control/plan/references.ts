import type { Document } from "../../contract/document";
import { OffloadError } from "../../contract/errors";
import type { ObjectKind, StoredObject } from "../../contract/object";
import { objectsOf } from "../configuration/objects";
import type { Touched } from "./plan";

interface Reference {
  readonly id: string;
  readonly kind: ObjectKind;
}

/** What an object cannot be without, in the document that a change leads to. */
export function checkReferences(next: Document, touched: readonly Touched[]): void {
  checkHost(next, touched);
  for (const { after } of touched) {
    for (const { id, kind } of after === undefined ? [] : referencesOf(after)) {
      if (next.objects[id]?.kind !== kind) {
        throw new OffloadError("REFERENCE_MISSING", "", { objectId: after?.id ?? "", reference: id });
      }
    }
  }
  for (const { objectId } of touched.filter(({ after }) => after === undefined)) {
    const users = Object.values(next.objects).filter((object) =>
      referencesOf(object).some(({ id }) => id === objectId),
    );
    if (users.length > 0) {
      throw new OffloadError("OBJECT_IN_USE", "", { objectId, users: usersText(users) });
    }
  }
  checkPorts(next);
  checkNames(next);
}

function referencesOf(object: StoredObject): Reference[] {
  const parent: Reference = { id: loadBalancerIdOf(object.id), kind: "loadBalancer" };
  switch (object.kind) {
    case "loadBalancer":
      return [];
    case "listener": {
      const { certificateId, additionalCertificateIds, serverGroupId } = object.spec;
      const certificates = [certificateId, ...additionalCertificateIds];
      return [
        parent,
        ...certificates.map((id): Reference => ({ id, kind: "certificate" })),
        { id: serverGroupId, kind: "serverGroup" },
      ];
    }
    case "record":
      return [parent, { id: object.spec.domainId, kind: "domain" }];
    case "certificate":
    case "serverGroup":
    case "domain":
      return [parent];
  }
}

const USERS_NAMED = 5;

function usersText(users: readonly StoredObject[]): string {
  const named = users.slice(0, USERS_NAMED).map(({ id }) => id);
  const more = users.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function loadBalancerIdOf(objectId: string): string {
  return objectId.split("/", 1)[0] ?? objectId;
}

/** A host belongs to one load balancer. */
function checkHost(next: Document, touched: readonly Touched[]): void {
  const owned = objectsOf(next, "loadBalancer");
  for (const { objectId, after } of touched) {
    const loadBalancerId = loadBalancerIdOf(objectId);
    const other = owned.find(({ id }) => id !== loadBalancerId);
    if (after !== undefined && other !== undefined) {
      throw new OffloadError("HOST_CLAIMED", "", { actual: other.id, loadBalancerId });
    }
  }
}

function checkPorts(next: Document): void {
  const taken = new Map<number, string>();
  for (const { id, spec } of objectsOf(next, "listener").filter(
    (listener) => listener.spec.status === "Running",
  )) {
    const other = taken.get(spec.port);
    if (other !== undefined) {
      const parameters = { port: spec.port, address: "every address", process: `listener ${other}` };
      throw new OffloadError("PORT_IN_USE", id, parameters);
    }
    taken.set(spec.port, id);
  }
}

/** One name has one CNAME, inside its domain and not at its apex. */
function checkNames(next: Document): void {
  const taken = new Map<string, string>();
  for (const { id, spec } of objectsOf(next, "record")) {
    const domain = next.objects[spec.domainId];
    if (domain?.kind === "domain" && !spec.fqdn.endsWith(`.${domain.spec.domainName}`)) {
      const detail = `${spec.fqdn} is not inside ${domain.spec.domainName}`;
      throw new OffloadError("BAD_REQUEST", id, { path: "puts", detail });
    }
    const other = spec.status === "ENABLE" ? taken.get(spec.fqdn) : undefined;
    if (other !== undefined) {
      const detail = `${spec.fqdn} has a CNAME already: ${other}`;
      throw new OffloadError("BAD_REQUEST", id, { path: "puts", detail });
    }
    if (spec.status === "ENABLE") {
      taken.set(spec.fqdn, id);
    }
  }
}
