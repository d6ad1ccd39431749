import type { Answer } from "dns-packet";
import type { DnsRecord, DnsZone } from "./interface";

/**
 * Zones in the shape that answering wants: every name that exists, with its records by type. Names are lower case
 * without the final dot. Pure.
 */
export type Zones = ReadonlyMap<string, Zone>;

export interface Zone {
  readonly name: string;
  readonly soa: Answer;
  /** Empty non-terminals are nodes without records, so that they are NODATA and stop wildcards (RFC 4592). */
  readonly nodes: ReadonlyMap<string, ZoneNode>;
}

export type ZoneNode = ReadonlyMap<string, readonly Answer[]>;

/** How long a resolver may remember that a name is not there (RFC 2308). Short: new names shall be seen soon. */
const NEGATIVE_TTL_SECONDS = 60;
const NAME_SERVER_TTL_SECONDS = 3_600;
const TXT_STRING_BYTES = 255;

export function indexZones(zones: readonly DnsZone[]): Zones {
  return new Map(zones.map((zone) => [zone.name, indexZone(zone)]));
}

/** The most specific zone that holds the name. */
export function findZone(zones: Zones, name: string): Zone | undefined {
  for (let ancestor: string | null = name; ancestor !== null; ancestor = parentOf(ancestor)) {
    const zone = zones.get(ancestor);
    if (zone !== undefined) {
      return zone;
    }
  }
  return undefined;
}

/** The node of a name, or the wildcard that stands in for it (RFC 4592); undefined: the name does not exist. */
export function findNode(zone: Zone, name: string): ZoneNode | undefined {
  let encloser = name;
  for (;;) {
    const node = zone.nodes.get(encloser);
    if (node !== undefined) {
      return encloser === name ? node : wildcardFor(zone, name, encloser);
    }
    const parent = parentOf(encloser);
    if (parent === null) {
      return undefined;
    }
    encloser = parent;
  }
}

/** dns-packet cannot write the owner of a name with escaped bytes (wire.ts), so wildcards do not stand in for these. */
function wildcardFor(zone: Zone, name: string, encloser: string): ZoneNode | undefined {
  return name.includes("\\") ? undefined : zone.nodes.get(`*.${encloser}`);
}

export function parentOf(name: string): string | null {
  const dot = name.indexOf(".");
  return dot === -1 ? null : name.slice(dot + 1);
}

function indexZone(zone: DnsZone): Zone {
  const soa = soaOf(zone);
  const nodes = new Map<string, Map<string, Answer[]>>();
  addAnswer(nodes, zone.name, soa);
  for (const nameServer of zone.nameServers) {
    addAnswer(nodes, zone.name, {
      type: "NS",
      name: zone.name,
      ttl: NAME_SERVER_TTL_SECONDS,
      data: nameServer,
    });
  }
  for (const record of withoutDuplicates(zone.records)) {
    if (record.name === zone.name || record.name.endsWith(`.${zone.name}`)) {
      addAnswer(nodes, zone.name, answerOf(record));
    }
  }
  return { name: zone.name, soa, nodes };
}

function addAnswer(nodes: Map<string, Map<string, Answer[]>>, apex: string, answer: Answer): void {
  for (let name = answer.name; name !== apex; name = parentOf(name) ?? apex) {
    nodes.set(name, nodes.get(name) ?? new Map<string, Answer[]>());
  }
  const node = nodes.get(answer.name) ?? new Map<string, Answer[]>();
  nodes.set(answer.name, node);
  const records = node.get(answer.type) ?? [];
  node.set(answer.type, records);
  records.push(answer);
}

/** One set of records holds no two that differ in nothing but their TTL (RFC 2181 5). */
function withoutDuplicates(records: readonly DnsRecord[]): Iterable<DnsRecord> {
  return new Map(records.map((record) => [JSON.stringify({ ...record, ttlSeconds: 0 }), record])).values();
}

function soaOf(zone: DnsZone): Answer {
  return {
    type: "SOA",
    name: zone.name,
    ttl: NEGATIVE_TTL_SECONDS,
    data: {
      mname: zone.nameServers[0] ?? zone.name,
      rname: `hostmaster.${zone.name}`,
      serial: zone.serial % 2 ** 32,
      refresh: 3_600,
      retry: 600,
      expire: 604_800,
      minimum: NEGATIVE_TTL_SECONDS,
    },
  };
}

function answerOf(record: DnsRecord): Answer {
  const { name, ttlSeconds: ttl } = record;
  switch (record.type) {
    case "A":
    case "AAAA":
      return { type: record.type, name, ttl, data: record.address };
    case "CNAME":
      return { type: "CNAME", name, ttl, data: record.target };
    case "TXT":
      return { type: "TXT", name, ttl, data: textStrings(record.text) };
  }
}

/** A TXT record is a list of strings of at most 255 bytes; readers put them together again (RFC 7208 3.3). */
function textStrings(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const strings: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += TXT_STRING_BYTES) {
    strings.push(bytes.subarray(start, start + TXT_STRING_BYTES));
  }
  return strings.length === 0 ? [Buffer.alloc(0)] : strings;
}
