import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { answer, type Response } from "../../../../proxy-agent/dns/answer";
import { RCODE, rcodeName } from "../../../../proxy-agent/dns/rcode";
import { indexZones } from "../../../../proxy-agent/dns/zone";
import { ZONES } from "../../../support/dns-zones";

const zones = indexZones(ZONES);
const ask = (name: string, type: string, klass = "IN"): Response =>
  answer({ name, type, class: klass }, zones);

/** "www.example.test CNAME web.lb.example.test", one line a record. */
function lines(response: Response): string[] {
  return response.answers.map((record) => {
    const data = "data" in record ? record.data : "";
    return `${record.name} ${record.type} ${Array.isArray(data) ? data.join("") : typeof data === "string" ? data : JSON.stringify(data)}`;
  });
}

describe("a site's visitors find the load balancer", () => {
  test("the CNAME leads to every host's address in one answer", () => {
    const response = ask("www.example.test", "A");
    expect(lines(response)).toEqual([
      "www.example.test CNAME web.lb.example.test",
      "web.lb.example.test A 192.0.2.1",
      "web.lb.example.test A 192.0.2.2",
    ]);
    expect(response).toMatchObject({ rcode: RCODE.NOERROR, authoritative: true, authorities: [] });
  });

  test("IPv6 visitors get the IPv6 address", () => {
    expect(lines(ask("www.example.test", "AAAA"))).toContain("web.lb.example.test AAAA 2001:db8::1");
  });

  test("asking for the CNAME itself does not follow it", () => {
    expect(lines(ask("www.example.test", "CNAME"))).toEqual(["www.example.test CNAME web.lb.example.test"]);
  });

  test("upper case finds the same name and is repeated as it was asked", () => {
    expect(lines(ask("WwW.Example.TEST", "CNAME"))).toEqual(["WwW.Example.TEST CNAME web.lb.example.test"]);
  });

  test("a CNAME out of our zones is answered and left to the resolver", () => {
    const response = ask("far.example.test", "A");
    expect(lines(response)).toEqual(["far.example.test CNAME elsewhere.invalid"]);
    expect(response).toMatchObject({ rcode: RCODE.NOERROR, authoritative: true, authorities: [] });
  });
});

describe("every kind of no has its own form", () => {
  const SOA = [{ type: "SOA", name: "example.test" }];
  test.each([
    ["a name that is not there", "nothing.example.test", "A", "NXDOMAIN", SOA],
    ["a CNAME to a name that is not there", "dead.example.test", "A", "NXDOMAIN", SOA],
    ["a name below one that has records", "below._offload.example.test", "A", "NXDOMAIN", SOA],
    ["a type that the name does not have", "_offload.example.test", "A", "NOERROR", SOA],
    ["a type that the server does not know", "_offload.example.test", "UNKNOWN_65", "NOERROR", SOA],
    ["an empty non-terminal", "empty.example.test", "A", "NOERROR", SOA],
    [
      "the parent's record below a zone cut",
      "hidden.lb.example.test",
      "A",
      "NXDOMAIN",
      [{ name: "lb.example.test" }],
    ],
    ["the DS of a zone, which is its parent's", "lb.example.test", "DS", "NOERROR", SOA],
  ])("%s", (_, name, type, rcode, authorities) => {
    const response = ask(name, type);
    expect(rcodeName(response.rcode)).toBe(rcode);
    expect(response.authoritative).toBe(true);
    expect(response.authorities).toMatchObject(authorities);
  });

  test.each([
    ["another zone", "www.elsewhere.invalid", "A", "IN"],
    ["the root", "", "NS", "IN"],
    ["a name that only ends like ours", "notexample.test", "A", "IN"],
    ["another class", "www.example.test", "A", "CH"],
    ["a zone transfer", "example.test", "AXFR", "IN"],
    ["an incremental zone transfer", "example.test", "IXFR", "IN"],
  ])("%s is refused, without authority", (_, name, type, klass) => {
    expect(ask(name, type, klass)).toEqual({
      rcode: RCODE.REFUSED,
      authoritative: false,
      answers: [],
      authorities: [],
    });
  });
});

describe("wildcards (RFC 4592)", () => {
  test("stand in for names that are not there, at any depth", () => {
    expect(lines(ask("a.b.wild.example.test", "CNAME"))).toEqual([
      "a.b.wild.example.test CNAME web.lb.example.test",
    ]);
  });
  test("do not stand in for a name that is there", () => {
    expect(ask("there.wild.example.test", "CNAME")).toMatchObject({ rcode: RCODE.NOERROR, answers: [] });
  });
  test("do not stand in for, nor below, an empty non-terminal", () => {
    expect(ask("ent.wild.example.test", "CNAME")).toMatchObject({ rcode: RCODE.NOERROR, answers: [] });
    expect(ask("x.ent.wild.example.test", "CNAME")).toMatchObject({ rcode: RCODE.NXDOMAIN, answers: [] });
  });
});

describe("a resolver is never sent round in circles", () => {
  test("a CNAME loop ends", () => {
    expect(lines(ask("loop-a.example.test", "A"))).toEqual([
      "loop-a.example.test CNAME loop-b.example.test",
      "loop-b.example.test CNAME loop-a.example.test",
    ]);
  });
  test("a long chain stops at the documented limit", () => {
    expect(ask("step0.example.test", "A").answers).toHaveLength(LIMITS.dnsCnameChain + 1);
  });
});

test("a record that two stacks declare is answered once", () => {
  const verification = { type: "TXT", name: "_offload.example.test", ttlSeconds: 60, text: "same" } as const;
  const twice = indexZones([
    {
      name: "example.test",
      serial: 1,
      nameServers: ["ns.example.test"],
      records: [verification, verification],
    },
  ]);
  const question = { name: verification.name, type: "TXT", class: "IN" };
  expect(lines(answer(question, twice))).toEqual(["_offload.example.test TXT same"]);
});

test("ANY gets one RRset, not an amplifier", () => {
  expect(lines(ask("web.lb.example.test", "ANY"))).toHaveLength(2);
  expect(ask("example.test", "ANY").answers).toMatchObject([{ type: "SOA" }]);
});

test("the apex tells its SOA with the serial, and its name servers", () => {
  expect(ask("example.test", "SOA").answers).toMatchObject([
    { data: { serial: 7, mname: "ns1.example.test" } },
  ]);
  expect(lines(ask("example.test", "NS"))).toEqual([
    "example.test NS ns1.example.test",
    "example.test NS ns2.example.test",
  ]);
});

test("a long TXT is split into strings of 255 bytes that give the text again", () => {
  const [record] = ask("long.example.test", "TXT").answers;
  const strings = record?.type === "TXT" && Array.isArray(record.data) ? record.data : [];
  expect(strings.map((part) => part.length)).toEqual([255, 255, 90]);
  expect(strings.join("")).toBe("x".repeat(600));
});

test("any question gets an answer that is consistent in itself", () => {
  const known = ZONES.flatMap((zone) => [zone.name, ...zone.records.map((record) => record.name)]);
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom(...known),
    fc.tuple(fc.string(), fc.constantFrom(...known)).map(([prefix, name]) => `${prefix}.${name}`),
  );
  const types = fc.oneof(fc.constantFrom("A", "AAAA", "CNAME", "TXT", "NS", "SOA", "ANY", "DS"), fc.string());
  const classes = fc.oneof(
    { weight: 9, arbitrary: fc.constant("IN") },
    { weight: 1, arbitrary: fc.string() },
  );
  fc.assert(
    fc.property(names, types, classes, (name, type, klass) => {
      const response = ask(name, type, klass);
      expect(response.rcode === RCODE.REFUSED).toBe(!response.authoritative);
      if (response.rcode === RCODE.NXDOMAIN) {
        expect(response.authorities).toMatchObject([{ type: "SOA" }]);
      }
      if (response.authorities.length > 0) {
        expect(response.answers.filter((record) => record.type !== "CNAME")).toEqual([]);
      }
    }),
    { numRuns: 2_000 },
  );
});
