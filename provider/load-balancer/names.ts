import { hostsInOrder } from "../fleet/plan";
import {
  addressesOf,
  isPublished,
  planPublication,
  publishedIn,
  runningListeners,
  type Sights,
} from "../fleet/publish-plan";
import type { Target } from "../resource/hidden-input";
import { isKind } from "../resource/operation";

/**
 * Host -> what is wrong with the addresses to which its zone leads. Drained hosts are neither way wrong: a drain by
 * hand is not undone, and counts from the next change on.
 */
export function wrongNames(target: Target, sights: Sights): Record<string, string> {
  const { addresses } = planPublication(target, sights);
  const mayBe = new Set(hostsInOrder(target).active.flatMap((host) => addressesOf(target, host)));
  const wrong: Record<string, string> = {};
  for (const [host, { document }] of sights) {
    if (!isKind(document.objects[target.loadBalancerId], "loadBalancer")) continue;
    const named = publishedIn(target.loadBalancerId, new Map([[host, document]]));
    const foreign = named.find((address) => !mayBe.has(address));
    const texts = [...sights.keys()]
      .filter((other) => sights.get(other)?.drained === false)
      .flatMap((other) => wrongAbout(target, other, named, addresses));
    if (foreign !== undefined) texts.push(`its DNS leads to ${foreign}, which is no Active host's address`);
    if (texts[0] !== undefined) wrong[host] = texts[0];
  }
  return wrong;
}

function wrongAbout(
  target: Target,
  host: string,
  named: readonly string[],
  wanted: readonly string[],
): string[] {
  if (isPublished(target, host, wanted))
    return isPublished(target, host, named)
      ? []
      : [`its DNS does not lead to host ${host}, which has every listener`];
  return addressesOf(target, host).some((address) => named.includes(address))
    ? [`its DNS leads to host ${host}, which does not have every listener`]
    : [];
}

/** Active hosts that answer and to which the name does not lead yet, although there is something to lead to. */
export function pendingHosts(target: Target, sights: Sights): readonly string[] {
  const { current } = planPublication(target, sights);
  const documents = [...sights.values()].map(({ document }) => document);
  const isAnything = documents.some((document) => runningListeners(document).length > 0);
  return isAnything ? [...sights.keys()].filter((host) => !isPublished(target, host, current)) : [];
}
