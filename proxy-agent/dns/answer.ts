import { LIMITS } from "../contract/limits";
import { parentOf } from "./message/names";
import type { Question } from "./message/query";
import { RCODE, type Rcode } from "./message/rcode";
import type { ResourceRecord } from "./message/record";
import type { Response } from "./message/response";
import { CLASS_IN, TYPE } from "./message/types";
import { findNode, findZone, type Zone, type ZoneNode, type Zones } from "./zone";

const FIRST_META_TYPE = 128;

/** What may stand beside a CNAME, and so is not looked for where that leads (RFC 2181 10.1, RFC 4035 2.5). */
const BESIDE_CNAME: ReadonlySet<number> = new Set([TYPE.SIG, TYPE.KEY, TYPE.RRSIG, TYPE.NSEC]);

/** What an authoritative server says to one question (RFC 1034 4.3.2). Pure and total. */
export function answer(question: Question, zones: Zones): Response {
  const rcode = refusalOf(question);
  if (rcode !== null) return refusal(rcode);
  const zone = zoneOf(zones, question.name.toLowerCase(), question.type);
  return zone === undefined ? refusal(RCODE.REFUSED) : follow(question, zone, zones);
}

export function refusal(rcode: Rcode): Response {
  return { rcode, authoritative: false, answers: [], authorities: [] };
}

/** What is asked of no zone. null: it may be answered. */
function refusalOf({ type, class: klass }: Question): Rcode | null {
  if (klass !== CLASS_IN || type === TYPE.AXFR || type === TYPE.IXFR) return RCODE.REFUSED;
  // Obsolete since 1987 (RFC 1035 3.2.3).
  if (type === TYPE.MAILA || type === TYPE.MAILB) return RCODE.NOTIMP;
  // No data has such a type (RFC 6895 3.1); OPT is one of these out of its row.
  const isMeta = type === TYPE.OPT || (type >= FIRST_META_TYPE && type < TYPE.ANY);
  return isMeta ? RCODE.FORMERR : null;
}

/** Looks the name up and follows CNAMEs for as long as they stay in our zones. */
function follow(question: Question, firstZone: Zone, zones: Zones): Response {
  const answers: ResourceRecord[] = [];
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
function zoneOf(zones: Zones, name: string, type: number): Zone | undefined {
  const zone = findZone(zones, name);
  const parent = parentOf(name);
  if (type === TYPE.DS && zone?.name === name && parent !== null) {
    return findZone(zones, parent) ?? zone;
  }
  return zone;
}

interface Found {
  readonly records: readonly ResourceRecord[];
  /** Where a CNAME leads; null: this is the end. */
  readonly target: string | null;
}

function recordsFor(node: ZoneNode, type: number): Found {
  if (type === TYPE.ANY) {
    // One RRset is a whole answer to ANY, and no amplifier (RFC 8482 4.1).
    const [first] = node.values();
    return { records: first ?? [], target: null };
  }
  const records = node.get(type);
  const alias = node.get(TYPE.CNAME)?.[0];
  if (records !== undefined || alias === undefined || BESIDE_CNAME.has(type)) {
    return { records: records ?? [], target: null };
  }
  return { records: [alias], target: String(alias.data[0]) };
}
