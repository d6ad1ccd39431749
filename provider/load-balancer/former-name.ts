import { LIMITS } from "tls-offload-agent/contract";
import { ownerNameOf } from "../dns/claim/owner-record";
import { outlastSeconds } from "../dns/outlast";
import { releaseName } from "../fleet/name-zone";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Target } from "../resource/hidden-input";
import { incarnationOf, type Properties } from "../resource/properties";

/**
 * A name that the load balancer had in its zone. CNAMEs are pointed at the new one only after the load balancer's own
 * update, and resolvers remember them for their TTL: so the old one stays for a while, or until the load balancer goes.
 */
export interface FormerName {
  readonly dnsName: string;
  readonly zone: string;
  readonly owner: string;
  readonly incarnation: string;
  /** When it was given up: ISO 8601. */
  readonly since: string;
}

export function formerNamesIn(properties: Properties): readonly FormerName[] {
  const { formerNames } = properties;
  return Array.isArray(formerNames) ? (formerNames as FormerName[]) : [];
}

/** Those to take away: nobody goes by them any more, or they are more than are kept, or in a zone that is left. */
export function dueNames(properties: Properties | null, target: Target, at: Date): readonly FormerName[] {
  const names = formerNamesIn(properties ?? {});
  const surplus = names.length - LIMITS.formerNames;
  const keepMs = outlastSeconds(LIMITS.outlastSeconds) * 1_000;
  return names.filter(
    ({ zone, since }, index) =>
      index < surplus || zone !== zoneOf(target) || at.getTime() >= Date.parse(since) + keepMs,
  );
}

/** For the outputs of an update after which the due ones are gone, and which may give the load balancer another name. */
export function formerNamesAfter(
  olds: Properties | null,
  old: { readonly target: Target; readonly owner: string } | null,
  now: Target,
  at: Date,
): { readonly formerNames?: readonly FormerName[] } {
  const zone = zoneOf(now);
  if (olds === null || old === null || zone === undefined) return {};
  const due = dueNames(olds, now, at);
  const { dnsName } = old.target;
  const latest = {
    dnsName,
    zone,
    owner: old.owner,
    incarnation: incarnationOf(olds),
    since: at.toISOString(),
  };
  const names = [
    ...formerNamesIn(olds).filter((name) => !due.includes(name) && name.dnsName !== dnsName),
    ...(zone === zoneOf(old.target) ? [latest] : []),
  ].filter((name) => name.dnsName !== now.dnsName);
  return names.length === 0 ? {} : { formerNames: names };
}

export async function releaseFormerNames(
  names: readonly FormerName[],
  target: Target,
  log: ResourceLog,
): Promise<void> {
  for (const former of names) {
    const { dnsName, zone } = former;
    if (zone !== zoneOf(target)) tellStays(former, log);
    else if (dnsName !== target.dnsName && (await releaseName({ ...target, dnsName }, former)))
      log.info(`${dnsName}, a name that it had, is gone`);
  }
}

/** After an update by which the load balancer leaves a zone: CNAMEs may still lead there, and the next one has no key to it. */
export function tellNameLeft(old: Target | null, now: Target, log: ResourceLog): void {
  const zone = old === null ? undefined : zoneOf(old);
  if (old === null || zone === undefined || zone === zoneOf(now)) return;
  tellStays({ dnsName: old.dnsName, zone }, log);
}

function tellStays({ dnsName, zone }: Pick<FormerName, "dnsName" | "zone">, log: ResourceLog): void {
  const records = `${dnsName} and ${ownerNameOf(dnsName)}`;
  log.warning(`${records} stay in zone ${zone}: remove them there when nothing leads to them any more`);
}

/** It was this load balancer's already, in the same zone. */
export function hadName(old: Target | null, now: Target): boolean {
  const isSame = old !== null && zoneOf(old) !== undefined && zoneOf(old) === zoneOf(now);
  return isSame && old.dnsName === now.dnsName;
}

function zoneOf({ dns }: Target): string | undefined {
  return dns?.rfc2136.zone;
}
