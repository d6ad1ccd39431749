import { decode, encode, type Packet } from "dns-packet";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LIMITS } from "../../../../../proxy-agent/contract/limits";
import type { ObservedAddress } from "../../../../../proxy-agent/contract/observed";
import { Counters } from "../../../../../proxy-agent/dns/counters";
import { respond } from "../../../../../proxy-agent/dns/respond";
import { AnsweredZones } from "../../../../../proxy-agent/dns/serving/answered-zones";
import { PROBED } from "./configuration";

let zones: AnsweredZones;
let dead: string[];
let turned: ObservedAddress[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  [dead, turned] = [[], []];
  zones = new AnsweredZones({
    probe: ({ address }) => Promise.resolve(dead.includes(address) ? "ECONNREFUSED" : ""),
    counters: new Counters(),
    turned: (address) => turned.push(address),
  });
  zones.take(PROBED);
});
afterEach(() => {
  zones.stop();
  vi.useRealTimers();
});

/** Enough for any address to turn, random starts and intervals included. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(4 * LIMITS.servingProbeSeconds * 1_000);

function ask(name: string, type: "A" | "AAAA"): Packet {
  const query = encode({ type: "query", id: 1, questions: [{ name, type }] });
  const response = respond(query, zones.current, "udp", new Counters());
  return response === null ? {} : decode(response);
}

/** The addresses that a site's visitors get. */
function visit(type: "A" | "AAAA"): unknown[] {
  const { answers = [] } = ask("www.example.test", type);
  return answers.flatMap((record) => (record.type === type ? [record.data] : []));
}

it("leads a site's visitors away from a host that died, and back when it serves, without a word of control", async () => {
  expect(visit("A")).toEqual(["192.0.2.1", "192.0.2.2"]);
  dead = ["192.0.2.2"];
  await settle();
  expect(visit("A")).toEqual(["192.0.2.1"]);
  dead = [];
  await settle();
  expect(visit("A")).toEqual(["192.0.2.1", "192.0.2.2"]);
});

it("says to an IPv6 visitor that there is no such address, when none serves, and not that there is no such name", async () => {
  dead = ["2001:db8::2"];
  await settle();
  expect(visit("AAAA")).toEqual([]);
  expect(ask("web.lb.test", "AAAA")).toMatchObject({ rcode: "NOERROR", authorities: [{ type: "SOA" }] });
});

it("leads to all hosts when none serves, and tells which and why", async () => {
  dead = ["192.0.2.1", "192.0.2.2", "2001:db8::2"];
  await settle();
  expect(visit("A")).toEqual(["192.0.2.1", "192.0.2.2"]);
  const detail = "port 443: ECONNREFUSED";
  expect(zones.addresses()).toEqual(dead.map((address) => ({ address, serves: false, given: true, detail })));
  expect(turned).toHaveLength(3);
  expect(turned.at(-1)).toMatchObject({ serves: false, given: true });
});

it("leads to all hosts after a restart, until the first probes have told", async () => {
  dead = ["192.0.2.2"];
  expect(visit("A")).toEqual(["192.0.2.1", "192.0.2.2"]);
  await settle();
  expect(visit("A")).toEqual(["192.0.2.1"]);
});

it("builds its answers anew for a turn, not for a query nor for a probe", async () => {
  const before = zones.current;
  await settle();
  expect(zones.current).toBe(before);
  dead = ["192.0.2.2"];
  await settle();
  expect(zones.current).not.toBe(before);
});

it("gives a host that came by a change at once, and goes on leaving out one that is known to be dead", async () => {
  dead = ["192.0.2.2"];
  await settle();
  const [own, ...others] = PROBED.zones;
  const records = [
    ...(own?.records ?? []),
    { type: "A" as const, name: "web.lb.test", ttlSeconds: 10, address: "192.0.2.3" },
  ];
  zones.take({ ...PROBED, zones: own === undefined ? [] : [{ ...own, records }, ...others] });
  expect(visit("A")).toEqual(["192.0.2.1", "192.0.2.3"]);
});
