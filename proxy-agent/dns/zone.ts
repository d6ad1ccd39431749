import { LIMITS } from "../contract/limits";
import type { DnsRecord, DnsZone } from "./interface";
import { parentOf } from "./message/names";
import { addressBytes, textBytes, uint32s, type ResourceRecord } from "./message/record";
import { TYPE } from "./message/types";

/**
 * Zones in the shape that answering wants: every name that exists, with its records by type. Names are lower case
 * without the final dot. Pure.
 */
export type Zones = ReadonlyMap<string, Zone>;

export interface Zone {
  readonly name: string;
  readonly soa: ResourceRecord;
  /** Empty non-terminals are nodes without records, so that they are NODATA and stop wildcards (RFC 4592). */
  readonly nodes: ReadonlyMap<string, ZoneNode>;
}

/** By type. */
export type ZoneNode = ReadonlyMap<number, readonly ResourceRecord[]>;

type Nodes = Map<string, Map<number, ResourceRecord[]>>;

/** How long a resolver may remember that a name is not there (RFC 2308). Short: new names shall be seen soon. */
const NEGATIVE_TTL_SECONDS = 60;

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
      return encloser === name ? node : zone.nodes.get(`*.${encloser}`);
    }
    const parent = parentOf(encloser);
    if (parent === null) {
      return undefined;
    }
    encloser = parent;
  }
}

function indexZone(zone: DnsZone): Zone {
  const soa = soaOf(zone);
  const nodes: Nodes = new Map();
  addRecord(nodes, zone.name, soa);
  for (const nameServer of zone.nameServers) {
    addRecord(nodes, zone.name, {
      name: zone.name,
      type: TYPE.NS,
      ttlSeconds: LIMITS.nameServerTtlSeconds,
      data: [nameServer],
    });
  }
  for (const record of withoutDuplicates(zone.records)) {
    if (record.name === zone.name || record.name.endsWith(`.${zone.name}`)) {
      addRecord(nodes, zone.name, recordOf(record));
    }
  }
  return { name: zone.name, soa, nodes };
}

function addRecord(nodes: Nodes, apex: string, record: ResourceRecord): void {
  for (let name = record.name; name !== apex; name = parentOf(name) ?? apex) {
    nodes.set(name, nodes.get(name) ?? new Map<number, ResourceRecord[]>());
  }
  const node = nodes.get(record.name) ?? new Map<number, ResourceRecord[]>();
  nodes.set(record.name, node);
  const records = node.get(record.type) ?? [];
  node.set(record.type, records);
  records.push(record);
}

/** One set of records holds no two that differ in nothing but their TTL (RFC 2181 5). */
function withoutDuplicates(records: readonly DnsRecord[]): Iterable<DnsRecord> {
  return new Map(records.map((record) => [JSON.stringify({ ...record, ttlSeconds: 0 }), record])).values();
}

function soaOf(zone: DnsZone): ResourceRecord {
  const [refresh, retry, expire] = [3_600, 600, 604_800];
  return {
    name: zone.name,
    type: TYPE.SOA,
    ttlSeconds: NEGATIVE_TTL_SECONDS,
    data: [
      zone.nameServers[0] ?? zone.name,
      `hostmaster.${zone.name}`,
      uint32s(zone.serial % 2 ** 32, refresh, retry, expire, NEGATIVE_TTL_SECONDS),
    ],
  };
}

function recordOf(record: DnsRecord): ResourceRecord {
  const { name, ttlSeconds } = record;
  return { name, type: TYPE[record.type], ttlSeconds, data: [dataOf(record)] };
}

function dataOf(record: DnsRecord): Buffer | string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return addressBytes(record.address);
    case "CNAME":
      return record.target;
    case "TXT":
      return textBytes(record.text);
  }
}
