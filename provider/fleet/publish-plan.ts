import { isDeepStrictEqual } from "node:util";
import type { DeclaredObjectOf, Document, StoredObject } from "tls-offload-agent/contract";
import type { Target } from "../resource/hidden-input";
import { isKind } from "../resource/operation";
import { hostsInOrder } from "./plan";

/** One host as it was just seen. */
export interface HostSight {
  /** The confirmed one: a change is only confirmed after it was verified from outside. */
  readonly document: Document;
  /** By hand: nothing listens there. */
  readonly drained: boolean;
}

export type Sights = ReadonlyMap<string, HostSight>;

export interface Publication {
  /** To what the load balancer's name leads until now, by every zone. */
  readonly current: readonly string[];
  /** To what it leads by any zone: more than that only where a publication ended half way. */
  readonly anywhere: readonly string[];
  /** To what it shall lead. */
  readonly addresses: readonly string[];
  /** Hosts whose addresses come to it. */
  readonly joining: readonly string[];
}

/**
 * The name leads to the Active hosts that have every listener. A host that was not seen stays in it or out of it: only
 * the load balancer's own change says who may be in it at all.
 */
export function planPublication(target: Target, sights: Sights): Publication {
  const current = publishedIn(target.loadBalancerId, documentsOf(sights));
  const seen = hostsInOrder(target).active.filter((host) => sights.has(host));
  const complete = completeHosts(target, sights, current);
  const decided = new Set(seen.flatMap((host) => addressesOf(target, host)));
  return {
    current,
    anywhere: [...new Set(zonesIn(target.loadBalancerId, documentsOf(sights)).flat())],
    addresses: [
      ...complete.flatMap((host) => addressesOf(target, host)),
      ...current.filter((address) => !decided.has(address)),
    ],
    joining: complete.filter((host) => !isPublished(target, host, current)),
  };
}

/** What stays published through the load balancer's own change: nothing that comes, nothing that leaves. */
export function keptAddresses(
  target: Target,
  old: Target | null,
  documents: ReadonlyMap<string, Document>,
): readonly string[] {
  const addresses = new Set(stayingHosts(target, old).flatMap((host) => addressesOf(target, host)));
  return publishedBefore(target, old, documents).filter((address) => addresses.has(address));
}

/** To what the name led before the load balancer's own change. */
export function publishedBefore(
  target: Target,
  old: Target | null,
  documents: ReadonlyMap<string, Document>,
): readonly string[] {
  const stayed = stayingHosts(target, old);
  // The zone of a host that comes back is as old as its absence.
  const known = new Map([...documents].filter(([host]) => stayed.includes(host)));
  return publishedIn(target.loadBalancerId, known);
}

/**
 * Hosts that leave although the name leads to them and to none that stays. Where none that stays has its part, because
 * it lost it or was never given it, none can tell to whom the name leads: nobody may go.
 */
export function neededHosts(
  target: Target,
  old: Target | null,
  documents: ReadonlyMap<string, Document>,
): readonly string[] {
  if (old === null || keptAddresses(target, old, documents).length > 0) return [];
  const staying = stayingHosts(target, old);
  const known = new Map([...documents].filter(([host]) => staying.includes(host)));
  const zones = zonesIn(target.loadBalancerId, known);
  const mayBeNamed = (address: string): boolean =>
    zones.length === 0 || zones.some((zone) => zone.includes(address));
  return hostsInOrder(old).active.filter(
    (host) => target.hosts[host] === undefined && addressesOf(old, host).some(mayBeNamed),
  );
}

/** Hosts that were Active and are. */
export function stayingHosts(target: Target, old: Target | null): readonly string[] {
  return hostsInOrder(target).active.filter((host) => old === null || old.hosts[host]?.status === "Active");
}

/** What all hosts' zones agree on. */
function publishedIn(loadBalancerId: string, documents: ReadonlyMap<string, Document>): string[] {
  const [first = [], ...others] = zonesIn(loadBalancerId, documents);
  return first.filter((address) => others.every((list) => list.includes(address)));
}

function zonesIn(loadBalancerId: string, documents: ReadonlyMap<string, Document>): (readonly string[])[] {
  return [...documents.values()].flatMap(({ objects }) => {
    const part = objects[loadBalancerId];
    return isKind(part, "loadBalancer") ? [part.spec.publishedAddresses] : [];
  });
}

/** Every address of the host is in the list. */
export function isPublished(target: Target, host: string, list: readonly string[]): boolean {
  return addressesOf(target, host).every((address) => list.includes(address));
}

export function addressesOf(target: Target, host: string): readonly string[] {
  return target.hosts[host]?.addresses ?? [];
}

export function drainedHosts(sights: Sights): string[] {
  return [...sights].flatMap(([host, { drained }]) => (drained ? [host] : []));
}

/** Their order means nothing. */
export function sameAddresses(one: readonly string[], other: readonly string[]): boolean {
  return isDeepStrictEqual(new Set(one), new Set(other));
}

export function runningListeners({ objects }: Document): DeclaredObjectOf<"listener">[] {
  return Object.values(objects).filter(
    (object): object is StoredObject & DeclaredObjectOf<"listener"> =>
      isKind(object, "listener") && object.spec.status === "Running",
  );
}

/**
 * Hosts that have every running listener of the reference: a host that is published, or else any; of these the one
 * with the most listeners.
 */
function completeHosts(target: Target, sights: Sights, current: readonly string[]): string[] {
  const able = hostsInOrder(target).active.filter((host) => {
    const sight = sights.get(host);
    return sight !== undefined && isKind(sight.document.objects[target.loadBalancerId], "loadBalancer");
  });
  const published = able.filter((host) => isPublished(target, host, current));
  const reference = fullest(published.length > 0 ? published : able, sights);
  if (reference === undefined) return [];
  const listeners = runningListeners(reference);
  if (listeners.length === 0) return [];
  const complete = able.filter((host) => {
    const document = sights.get(host)?.document;
    return (
      document !== undefined && listeners.every((listener) => servesAlike(listener, reference, document))
    );
  });
  const serving = complete.filter((host) => sights.get(host)?.drained === false);
  // The drained ones stay where there is no other: undrained, they serve without another change.
  return serving.length > 0 ? serving : complete.filter((host) => published.includes(host));
}

function fullest(hosts: readonly string[], sights: Sights): Document | undefined {
  const documents = hosts.flatMap((host) => sights.get(host)?.document ?? []);
  // Stable: of equals the first by name.
  return documents.sort((one, other) => runningListeners(other).length - runningListeners(one).length)[0];
}

/** The listener with all that it depends on. */
function servesAlike(
  { id, spec }: DeclaredObjectOf<"listener">,
  reference: Document,
  document: Document,
): boolean {
  const { certificateId, additionalCertificateIds, serverGroupId } = spec;
  return [id, certificateId, ...additionalCertificateIds, serverGroupId].every((one) =>
    isDeepStrictEqual(reference.objects[one]?.spec, document.objects[one]?.spec),
  );
}

function documentsOf(sights: Sights): Map<string, Document> {
  return new Map([...sights].map(([host, { document }]) => [host, document]));
}
