import type { DnsRecord, DnsZone } from "../../../../proxy-agent/dns/interface";

type Short =
  | readonly ["A" | "AAAA" | "CNAME" | "TXT", string, string]
  | readonly ["A" | "AAAA" | "CNAME" | "TXT", string, string, number];

const SITE: readonly Short[] = [
  ["CNAME", "www", "host.example.test"],
  ["A", "host", "192.0.2.1", 60],
  ["A", "host", "192.0.2.2", 60],
  ["AAAA", "host", "2001:db8::1", 60],
  ["TXT", "host", "several types", 5],
  ["CNAME", "chain", "chain2.example.test"],
  ["CNAME", "chain2", "www.example.test", 30],
  ["CNAME", "far", "www.elsewhere.invalid"],
  ["CNAME", "farther", "far.example.test"],
  ["CNAME", "dead", "nothing.example.test"],
  ["CNAME", "empty", "ent.example.test"],
  ["CNAME", "loop-a", "loop-b.example.test"],
  ["CNAME", "loop-b", "loop-a.example.test"],
  ["CNAME", "loop", "loop.example.test"],
  ["CNAME", "into-loop", "loop-a.example.test"],
  ["CNAME", "into-wild", "x.wild.example.test"],
  ["CNAME", "other-zone", "web.lb.example.test"],
  ["CNAME", "other-dead", "nothing.lb.example.test"],
  ...Array.from({ length: 20 }, (_, at): Short => ["CNAME", `step${at}`, `step${at + 1}.example.test`]),
  ["TXT", "_offload", "verification=abc"],
  ["TXT", "long", "x".repeat(600)],
  ["TXT", "blank", ""],
  ["A", "deep.ent", "192.0.2.9"],
  ["CNAME", "*.wild", "host.example.test"],
  ["TXT", "there.wild", "no wildcard here"],
  ["A", "below.ent.wild", "192.0.2.10"],
  ["TXT", "*.text", "a wildcard of text"],
  ["CNAME", "*.circle", "x.circle.example.test"],
  ["A", "hidden.lb", "192.0.2.66"],
  ...Array.from({ length: 20 }, (_, at): Short => ["A", "some", `192.0.2.${at + 1}`]),
  ...Array.from({ length: 100 }, (_, at): Short => ["A", "many", `192.0.2.${at + 1}`]),
];

const LOAD_BALANCER: readonly Short[] = [
  ["A", "web", "192.0.2.1", 60],
  ["AAAA", "web", "2001:db8::1", 60],
  ["CNAME", "back", "host.example.test"],
];

/** A site's zone and the load balancer's own inside it, as both servers have them. */
export const ZONES: readonly DnsZone[] = [zone("example.test", SITE), zone("lb.example.test", LOAD_BALANCER)];

export const NAMES: readonly string[] = ZONES.flatMap(({ name, records }) => [
  name,
  ...records.map((record) => record.name),
]);

/** The records as lines of a zone file; test/support/dns adds SOA, NS and the name server's address. */
export function zoneFileLines({ records }: DnsZone): string[] {
  return records
    .filter(({ name }) => !name.startsWith("ns1."))
    .map((record) => `${record.name}. ${record.ttlSeconds} IN ${record.type} ${dataOf(record)}`);
}

function zone(name: string, records: readonly Short[]): DnsZone {
  const apexServer: Short = ["A", "ns1", "127.0.0.1"];
  return {
    name,
    serial: 1,
    nameServers: [`ns1.${name}`],
    records: [apexServer, ...records].map(([type, host, data, ttlSeconds = 600]): DnsRecord => {
      const common = { name: `${host}.${name}`, ttlSeconds };
      if (type === "CNAME") return { ...common, type, target: data };
      return type === "TXT" ? { ...common, type, text: data } : { ...common, type, address: data };
    }),
  };
}

function dataOf(record: DnsRecord): string {
  if (record.type === "CNAME") return `${record.target}.`;
  if (record.type !== "TXT") return record.address;
  const strings = record.text.match(/.{1,255}/g) ?? [""];
  return strings.map((text) => `"${text}"`).join(" ");
}
