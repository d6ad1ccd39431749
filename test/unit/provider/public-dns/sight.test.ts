import { describe, expect, it } from "vitest";
import type { DnsAnswer, ServerAnswer } from "../../../../provider/dns/query";
import { delegationIn, delegationText } from "../../../../provider/public-dns/sight";

const ZONE = "web.example.test";
const record = (name: string, type: string, data: string): DnsAnswer => ({
  name,
  type,
  ttlSeconds: 3_600,
  data,
});
const SERVERS = [record(ZONE, "NS", "b.ns.web.example.test"), record(ZONE, "NS", "a.ns.web.example.test")];
const GLUE = [
  record("b.ns.web.example.test", "AAAA", "2001:0DB8:0:0::2"),
  record("a.ns.web.example.test", "A", "192.0.2.1"),
  record("b.ns.web.example.test", "A", "192.0.2.2"),
  record(".", "OPT", ""),
];
const SOA = record("example.test", "SOA", "");

function textOf(answer: Partial<ServerAnswer>): string | null {
  const empty = { rcode: "NOERROR", authoritative: false, answers: [], authorities: [], additionals: [] };
  const delegation = delegationIn(ZONE, { ...empty, ...answer });
  return delegation === null ? null : delegationText(delegation);
}

describe("what a server of the parent zone says", () => {
  it("is to whom it refers, with their addresses, in one order", () => {
    expect(textOf({ authorities: SERVERS, additionals: GLUE })).toBe(
      "a.ns.web.example.test (192.0.2.1), b.ns.web.example.test (192.0.2.2, 2001:db8::2)",
    );
    expect(textOf({ authorities: SERVERS, additionals: GLUE.slice(0, 1) })).toBe(
      "a.ns.web.example.test (no address), b.ns.web.example.test (2001:db8::2)",
    );
  });

  it("is names alone where it has the zone itself, as hosts that serve both do", () => {
    expect(textOf({ authoritative: true, answers: SERVERS })).toBe(
      "a.ns.web.example.test, b.ns.web.example.test",
    );
  });

  it.each(["NXDOMAIN", "NOERROR"])("is that there is no such zone: %s with authority", (rcode) => {
    expect(textOf({ rcode, authoritative: true, authorities: [SOA] })).toBe("no name server");
  });

  it.each<[string, Partial<ServerAnswer>]>([
    ["REFUSED", { rcode: "REFUSED" }],
    ["SERVFAIL", { rcode: "SERVFAIL" }],
    ["a referral to another zone", { authorities: [record("example.test", "NS", "ns.example.test")] }],
    ["what a resolver remembers", { answers: SERVERS, additionals: GLUE }],
  ])("is nothing, and nobody is warned, when it is no such server: %s", (_what, answer) => {
    expect(textOf(answer)).toBeNull();
  });
});
