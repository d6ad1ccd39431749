import type { Answer } from "dns-packet";
import { LIMITS } from "../contract/limits";
import { RCODE, type Rcode } from "./rcode";
import { findNode, findZone, parentOf, type Zone, type ZoneNode, type Zones } from "./zone";

export interface Question {
  /** As it was asked; the answers' owner repeats its case. */
  readonly name: string;
  /** "A", or "UNKNOWN_65" for a type that dns-packet does not know. */
  readonly type: string;
  readonly class: string;
}

export interface Response {
  readonly rcode: Rcode;
  readonly authoritative: boolean;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
}

/** What an authoritative server says to one question (RFC 1034 4.3.2). Pure and total. */
export function answer(question: Question, zones: Zones): Response {
  if (question.class !== "IN" || question.type === "AXFR" || question.type === "IXFR") {
    return refusal(RCODE.REFUSED);
  }
  const zone = zoneOf(zones, question.name.toLowerCase(), question.type);
  return zone === undefined ? refusal(RCODE.REFUSED) : follow(question, zone, zones);
}

export function refusal(rcode: Rcode): Response {
  return { rcode, authoritative: false, answers: [], authorities: [] };
}

/** Looks the name up and follows CNAMEs for as long as they stay in our zones. */
function follow(question: Question, firstZone: Zone, zones: Zones): Response {
  const answers: Answer[] = [];
  const seen = new Set<string>();
  let owner = question.name;
  let zone: Zone | undefined = firstZone;
  while (zone !== undefined) {
    const name = owner.toLowerCase();
    seen.add(name);
    const node = findNode(zone, name);
    if (node === undefined) {
      // The code is that of the last name in the chain (RFC 6604).
      return { rcode: RCODE.NXDOMAIN, authoritative: true, answers, authorities: [zone.soa] };
    }
    const found = recordsFor(node, question.type);
    answers.push(...found.records.map((record) => ({ ...record, name: owner })));
    if (found.target === null) {
      const authorities = found.records.length === 0 ? [zone.soa] : [];
      return { rcode: RCODE.NOERROR, authoritative: true, answers, authorities };
    }
    if (seen.has(found.target) || seen.size > LIMITS.dnsCnameChain) {
      break;
    }
    owner = found.target;
    zone = zoneOf(zones, owner, question.type);
  }
  return { rcode: RCODE.NOERROR, authoritative: true, answers, authorities: [] };
}

/** A zone's DS record lives in its parent (RFC 4035 3.1.4.1); everything else in the most specific zone. */
function zoneOf(zones: Zones, name: string, type: string): Zone | undefined {
  const zone = findZone(zones, name);
  const parent = parentOf(name);
  if (type === "DS" && zone?.name === name && parent !== null) {
    return findZone(zones, parent) ?? zone;
  }
  return zone;
}

interface Found {
  readonly records: readonly Answer[];
  /** Where a CNAME leads; null: this is the end. */
  readonly target: string | null;
}

function recordsFor(node: ZoneNode, type: string): Found {
  if (type === "ANY") {
    // One RRset is a whole answer to ANY, and no amplifier (RFC 8482 4.1).
    const [first] = node.values();
    return { records: first ?? [], target: null };
  }
  const records = node.get(type);
  const alias = node.get("CNAME")?.[0];
  if (records !== undefined || alias?.type !== "CNAME") {
    return { records: records ?? [], target: null };
  }
  return { records: [alias], target: alias.data };
}
