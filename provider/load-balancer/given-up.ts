import type { ResourceLog } from "../engine-log/resource-log";
import type { Target } from "../resource/hidden-input";
import { isReleased } from "../zone/released";

/** The name's zone is one that OFFLOAD_RELEASE_ZONES names: nothing is written there. */
export function isGivenUp({ dns }: Target): boolean {
  return dns !== undefined && isReleased(dns.rfc2136);
}

/** Drift for the outputs, so that the next `up` without the variable writes what was not written; and says so now. */
export function givenUpDrift(target: Target, log: ResourceLog): { readonly drift?: Record<string, string> } {
  if (!isGivenUp(target)) return {};
  const zone = placeOfName(target);
  log.warning(`${zone} is given up: ${target.dnsName} is not written there`);
  return { drift: { [zone]: "was given up, not written" } };
}

/** How drift calls where the name is. */
export function placeOfName({ dns }: Target): string {
  return `zone ${dns?.rfc2136.zone ?? ""}`;
}
