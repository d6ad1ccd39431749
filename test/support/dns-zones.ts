import type { DnsZone } from "../../proxy-agent/dns/interface";

/** A site's zone, the load balancer's own zone inside another, and names that are awkward on purpose. */
export const ZONES: readonly DnsZone[] = [
  {
    name: "example.test",
    serial: 7,
    nameServers: ["ns1.example.test", "ns2.example.test"],
    records: [
      { type: "CNAME", name: "www.example.test", ttlSeconds: 600, target: "web.lb.example.test" },
      { type: "CNAME", name: "far.example.test", ttlSeconds: 600, target: "elsewhere.invalid" },
      { type: "CNAME", name: "dead.example.test", ttlSeconds: 600, target: "nothing.example.test" },
      { type: "CNAME", name: "loop-a.example.test", ttlSeconds: 600, target: "loop-b.example.test" },
      { type: "CNAME", name: "loop-b.example.test", ttlSeconds: 600, target: "loop-a.example.test" },
      ...Array.from({ length: 20 }, (_, step) => ({
        type: "CNAME" as const,
        name: `step${step}.example.test`,
        ttlSeconds: 600,
        target: `step${step + 1}.example.test`,
      })),
      { type: "TXT", name: "_offload.example.test", ttlSeconds: 60, text: "verification=abc" },
      { type: "TXT", name: "long.example.test", ttlSeconds: 60, text: "x".repeat(600) },
      { type: "A", name: "deep.empty.example.test", ttlSeconds: 60, address: "192.0.2.9" },
      { type: "A", name: "hidden.lb.example.test", ttlSeconds: 60, address: "192.0.2.66" },
      { type: "CNAME", name: "*.wild.example.test", ttlSeconds: 600, target: "web.lb.example.test" },
      { type: "TXT", name: "there.wild.example.test", ttlSeconds: 60, text: "no wildcard here" },
      { type: "A", name: "below.ent.wild.example.test", ttlSeconds: 60, address: "192.0.2.10" },
    ],
  },
  {
    name: "lb.example.test",
    serial: 7,
    nameServers: ["ns1.example.test"],
    records: [
      { type: "A", name: "web.lb.example.test", ttlSeconds: 60, address: "192.0.2.1" },
      { type: "A", name: "web.lb.example.test", ttlSeconds: 60, address: "192.0.2.2" },
      { type: "AAAA", name: "web.lb.example.test", ttlSeconds: 60, address: "2001:db8::1" },
      ...Array.from({ length: 100 }, (_, host) => ({
        type: "A" as const,
        name: "many.lb.example.test",
        ttlSeconds: 60,
        address: `192.0.2.${host + 1}`,
      })),
      ...Array.from({ length: 40 }, (_, host) => ({
        type: "A" as const,
        name: "some.lb.example.test",
        ttlSeconds: 60,
        address: `192.0.2.${host + 1}`,
      })),
    ],
  },
];
