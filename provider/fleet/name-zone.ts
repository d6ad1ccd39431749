import { isIPv6 } from "node:net";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import { lookAtName } from "../dns/claim/look";
import { ownerNameOf, type Ownership } from "../dns/claim/owner-record";
import { isServed, standingOf, type Holding } from "../dns/claim/plan";
import { putHolding, removeHolding } from "../dns/claim/put";
import type { RecordData } from "../dns/rfc2136/types";
import type { Target } from "../resource/hidden-input";
import { isKind } from "../resource/operation";
import { primaryOf } from "../zone/primary";
import { isReleased } from "../zone/released";
import { deadlineIn, type Deadline } from "./deadline";
import { planPublication, type Sights } from "./publish-plan";

/*
 * The load balancer's own name in somebody's zone (`dns.rfc2136`), beside the hosts' own DNS servers. What the hosts'
 * documents say is published comes first; the zone follows.
 */

/** What a claim goes by besides whose the name becomes. */
export interface Claim {
  readonly addresses: readonly string[];
  /** To what the load balancer led it last: known again where only the owner record was lost. null: it was not its own. */
  readonly left: readonly string[] | null;
  readonly previousOwner: string | null;
  /** The program takes over what is there. */
  readonly adopt: boolean;
}

/** Makes the name the load balancer's, or refuses it by name, before any host is touched. */
export async function claimName(
  target: Target,
  ownership: Ownership,
  { addresses, left, previousOwner, adopt }: Claim,
  deadline: Deadline,
): Promise<void> {
  if (target.dns === undefined || isReleased(target.dns.rfc2136)) return;
  const rights = {
    ...ownership,
    isMine: (owner: string): boolean => owner === ownership.owner || owner === previousOwner,
    left: left === null ? null : nameHolding(target, left).records,
    adopt,
  };
  await putHolding(await primaryOf(target.dns.rfc2136), nameHolding(target, addresses), rights, deadline);
}

/** After the documents were changed, or looked at: the name leads there too. `sights`: as they were before. */
export async function leadInZone(
  target: Target,
  sights: Sights,
  addresses: readonly string[],
  deadline: Deadline,
): Promise<void> {
  const ownership = ownershipIn(target, sights);
  if (target.dns === undefined || ownership === null) return;
  const left = planPublication(target, sights).current;
  await claimName(target, ownership, { addresses, left, previousOwner: null, adopt: false }, deadline);
}

/** Answers whether resolvers may still know it. Another load balancer's name stays. */
export async function releaseName(target: Target, ownership: Ownership): Promise<boolean> {
  if (target.dns === undefined || isReleased(target.dns.rfc2136)) return false;
  const { zone } = target.dns.rfc2136;
  try {
    const primary = await primaryOf(target.dns.rfc2136);
    const deadline = deadlineIn(LIMITS.zoneOperationSeconds);
    return (await removeHolding(primary, nameHolding(target, []), ownership, deadline)) === "removed";
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new OffloadError("ZONE_DELETE_FAILED", "", { objectId: target.dnsName, zone, detail });
  }
}

/** What is wrong with the name in the zone, in words for a person; null: nothing, or it cannot be seen just now. */
export async function nameProblem(
  target: Target,
  owner: string,
  addresses: readonly string[],
): Promise<{ readonly drift: string } | { readonly unseen: string } | null> {
  if (target.dns === undefined) return null;
  try {
    const holding = nameHolding(target, addresses);
    const deadline = deadlineIn(LIMITS.zoneOperationSeconds);
    const sight = await lookAtName(await primaryOf(target.dns.rfc2136), holding, deadline);
    const standing = standingOf(sight);
    if (standing.kind === "owned" && standing.owner !== owner)
      return { drift: `${target.dnsName} belongs to ${standing.owner} there` };
    if (standing.kind !== "owned") return { drift: `${target.dnsName} is not this load balancer's there` };
    return isServed(holding, sight) ? null : { drift: `${target.dnsName} ${misledFrom(addresses)}` };
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  }
}

function nameHolding({ dnsName: name }: Target, addresses: readonly string[]): Holding {
  const records = addresses.map((address): RecordData => {
    const type = isIPv6(address) ? "AAAA" : "A";
    return { type, name, ttlSeconds: LIMITS.zoneNameTtlSeconds, address };
  });
  return { name, ownerName: ownerNameOf(name), types: ["A", "AAAA"], records, share: "whole" };
}

/** Of the load balancer as the hosts have it: its dependents publish in its name. */
function ownershipIn({ loadBalancerId }: Target, sights: Sights): Ownership | null {
  for (const { document } of sights.values()) {
    const part = document.objects[loadBalancerId];
    if (isKind(part, "loadBalancer")) return { owner: part.owner, incarnation: part.incarnation };
  }
  return null;
}

function misledFrom(addresses: readonly string[]): string {
  return addresses.length === 0
    ? "leads to an address, and no host is verified"
    : `does not lead to ${addresses.join(", ")}`;
}
