import type { DnsConfiguration } from "../../../../../proxy-agent/dns/interface";

/** Two hosts, the second with an IPv6 address too, and a site whose CNAME leads to them. */
export const PROBED: DnsConfiguration = {
  generation: 7,
  endpoints: [],
  zones: [
    {
      name: "web.lb.test",
      serial: 7,
      nameServers: ["ns.web.lb.test"],
      records: ["web.lb.test", "ns.web.lb.test"].flatMap((name) => [
        { type: "A" as const, name, ttlSeconds: 10, address: "192.0.2.1" },
        { type: "A" as const, name, ttlSeconds: 10, address: "192.0.2.2" },
        { type: "AAAA" as const, name, ttlSeconds: 10, address: "2001:db8::2" },
      ]),
    },
    {
      name: "example.test",
      serial: 7,
      nameServers: ["ns.web.lb.test"],
      records: [{ type: "CNAME", name: "www.example.test", ttlSeconds: 600, target: "web.lb.test" }],
    },
  ],
  probing: { name: "web.lb.test", ports: [443, 8443] },
};
