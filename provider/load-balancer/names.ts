import { hostsInOrder } from "../fleet/plan";
import {
  addressesOf,
  isPublished,
  planPublication,
  runningListeners,
  type Sights,
} from "../fleet/publish-plan";
import type { Target } from "../resource/hidden-input";
import { isKind } from "../resource/operation";

/**
 * Host -> what is wrong with the addresses to which its zone leads, as far as the load balancer's own update mends it.
 * A host that lost a listener is the listener's drift, whose update publishes as well. A drain by hand is no drift.
 */
export function wrongNames(target: Target, sights: Sights): Record<string, string> {
  const { current, addresses } = planPublication(target, sights);
  const mayBe = new Set(hostsInOrder(target).active.flatMap((host) => addressesOf(target, host)));
  const complete = [...sights.keys()].filter((host) => isPublished(target, host, addresses));
  const wrong: Record<string, string> = {};
  for (const [host, { document }] of sights) {
    const part = document.objects[target.loadBalancerId];
    if (!isKind(part, "loadBalancer")) continue;
    const { publishedAddresses } = part.spec;
    const foreign = publishedAddresses.find((address) => !mayBe.has(address));
    const astray = publishedAddresses.find((address) => !current.includes(address));
    const missing = complete.find((other) => !isPublished(target, other, publishedAddresses));
    if (astray !== undefined) wrong[host] = `its DNS leads to ${astray}, to which other hosts' DNS does not`;
    if (foreign !== undefined) wrong[host] = `its DNS leads to ${foreign}, which is no Active host's address`;
    if (missing !== undefined)
      wrong[host] = `its DNS does not lead to host ${missing}, which has every listener`;
  }
  return wrong;
}

/** Active hosts that answer and to which the name does not lead yet, although there is something to lead to. */
export function pendingHosts(target: Target, sights: Sights): readonly string[] {
  const { current } = planPublication(target, sights);
  const documents = [...sights.values()].map(({ document }) => document);
  const isAnything = documents.some((document) => runningListeners(document).length > 0);
  return isAnything ? [...sights.keys()].filter((host) => !isPublished(target, host, current)) : [];
}
