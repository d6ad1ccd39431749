import { ownerNameOf } from "../dns/claim/owner-record";
import { releaseName } from "../fleet/name-zone";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Target } from "../resource/hidden-input";
import { isPlainObject } from "../resource/parse";
import { incarnationOf, type Properties } from "../resource/properties";

/**
 * A name that the load balancer had in its zone until the last update. CNAMEs are pointed at the new name only after
 * that update, so the old one stays until the next, or until the load balancer goes.
 */
interface FormerName {
  readonly dnsName: string;
  readonly zone: string;
  readonly owner: string;
  readonly incarnation: string;
}

export function formerNameIn(properties: Properties): FormerName | null {
  const former = properties["formerName"];
  return isPlainObject(former) ? (former as unknown as FormerName) : null;
}

/** For the outputs of an update that gives the load balancer another name in its zone. */
export function formerNameAfter(
  olds: Properties | null,
  old: { readonly target: Target; readonly owner: string } | null,
  now: Target,
): { readonly formerName?: FormerName } {
  const zone = zoneOf(now);
  if (olds === null || old === null || zone === undefined || zone !== zoneOf(old.target)) return {};
  const { target, owner } = old;
  if (target.dnsName === now.dnsName) return {};
  return { formerName: { dnsName: target.dnsName, zone, owner, incarnation: incarnationOf(olds) } };
}

export async function releaseFormerName(
  properties: Properties,
  target: Target,
  log: ResourceLog,
): Promise<void> {
  const former = formerNameIn(properties);
  if (former === null) return;
  if (former.zone !== zoneOf(target)) {
    tellStays(former, log);
    return;
  }
  if (former.dnsName === target.dnsName) return;
  if (await releaseName({ ...target, dnsName: former.dnsName }, former)) {
    log.info(`${former.dnsName}, its name until the last update, is gone`);
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
