import { z } from "zod";
import type { Call } from "../contract/api";
import { LIMITS } from "../contract/limits";
import { observedAddress } from "../contract/observed";

/**
 * The border between control and the DNS process: HTTP with JSON over dns.sock. The DNS process keeps nothing on
 * disk; control pushes the whole configuration at every change and whenever the process comes back.
 */
const endpoint = z.strictObject({ address: z.string(), port: z.int() });

/** Names are lower case, fully qualified, without the final dot. */
export const dnsRecord = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("A"), name: z.string(), ttlSeconds: z.int(), address: z.ipv4() }),
  z.strictObject({ type: z.literal("AAAA"), name: z.string(), ttlSeconds: z.int(), address: z.ipv6() }),
  z.strictObject({ type: z.literal("CNAME"), name: z.string(), ttlSeconds: z.int(), target: z.string() }),
  z.strictObject({ type: z.literal("TXT"), name: z.string(), ttlSeconds: z.int(), text: z.string() }),
]);
export type DnsRecord = z.infer<typeof dnsRecord>;

export const dnsZone = z.strictObject({
  /** The apex. SOA and NS are made from the fields here. */
  name: z.string(),
  /** Grows with each change (the document's generation). */
  serial: z.int(),
  nameServers: z.array(z.string()).min(1),
  records: z.array(dnsRecord).max(LIMITS.recordsPerZone),
});
export type DnsZone = z.infer<typeof dnsZone>;

/** Which addresses are given only while they serve: those of one name, the load balancer's own. */
const probing = z.strictObject({
  name: z.string(),
  /** Where TLS has to answer, on every one, at each address of the name. Empty: nothing is probed, all are given. */
  ports: z.array(z.int().min(1).max(65_535)).max(LIMITS.listenersPerDocument),
});

export const dnsConfiguration = z.strictObject({
  generation: z.int(),
  /** UDP and TCP; empty: the process listens nowhere. */
  endpoints: z.array(endpoint),
  zones: z.array(dnsZone),
  /** Missing: nobody asks this process, or the control process is of a version that does not know of it. */
  probing: probing.optional(),
});
export type DnsConfiguration = z.infer<typeof dnsConfiguration>;

const nothing = z.strictObject({});
const problem = z.object({
  code: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const DNS_API = {
  /** Tries to bind what is new and changes nothing. */
  validate: {
    method: "POST",
    path: "/v1/validate",
    request: z.strictObject({ configuration: dnsConfiguration }),
    answer: z.object({ problems: z.array(problem) }),
  },
  /** With `strict` a problem refuses the whole; without, what works is served. */
  apply: {
    method: "POST",
    path: "/v1/apply",
    request: z.strictObject({ configuration: dnsConfiguration, strict: z.boolean() }),
    answer: z.object({ problems: z.array(problem) }),
  },
  observe: {
    method: "GET",
    path: "/v1/observe",
    request: nothing,
    answer: z.object({
      generation: z.int(),
      bound: z.array(endpoint),
      zones: z.array(z.string()),
      /** Those that are probed. Missing: a process of a version that probes none and refuses `probing`. */
      addresses: z.array(observedAddress).optional(),
    }),
  },
  counters: {
    method: "GET",
    path: "/v1/counters",
    request: nothing,
    answer: z.record(z.string(), z.number()),
  },
} as const satisfies Record<string, Call>;
