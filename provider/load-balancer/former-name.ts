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
  if (olds === null || old?.target.dns === undefined || old.target.dnsName === now.dnsName) return {};
  const { target, owner } = old;
  return { formerName: { dnsName: target.dnsName, owner, incarnation: incarnationOf(olds) } };
}

/** In the zone of today: one that is not there any more is gone with its zone. */
export async function releaseFormerName(
  properties: Properties,
  target: Target,
  log: ResourceLog,
): Promise<void> {
  const former = formerNameIn(properties);
  if (former === null || former.dnsName === target.dnsName) return;
  if (await releaseName({ ...target, dnsName: former.dnsName }, former)) {
    log.info(`${former.dnsName}, its name until the last update, is gone`);
  }
}
