import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { answer } from "../../../../proxy-agent/dns/answer";
import { RCODE, rcodeName } from "../../../../proxy-agent/dns/message/rcode";
import { addressBytes } from "../../../../proxy-agent/dns/message/record";
import type { Response } from "../../../../proxy-agent/dns/message/response";
import { CLASS_IN, TYPE } from "../../../../proxy-agent/dns/message/types";
import { indexZones } from "../../../../proxy-agent/dns/zone";
import { ZONES } from "../../../support/dns-zones";

const zones = indexZones(ZONES);
type TypeName = keyof typeof TYPE;
const [CHAOS, HTTPS] = [3, 65];

const ask = (name: string, type: TypeName | number, klass: number = CLASS_IN): Response =>
  answer({ name, type: typeof type === "number" ? type : TYPE[type], class: klass }, zones);

/** "www.example.test CNAME web.lb.example.test", one line a record. */
function lines(response: Response): string[] {
  return response.answers.map(({ name, type, data }) => {
    const typeName = Object.entries(TYPE).find(([, value]) => value === type)?.[0] ?? "";
    return `${name} ${typeName} ${data.map((part) => shown(part, typeName)).join(" ")}`;
  });
}

function shown(part: Buffer | string, typeName: string): string {
  if (typeof part === "string") return part;
  if (typeName === "A") return part.join(".");
  return typeName === "TXT" ? part.subarray(1).toString() : part.toString("hex");
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
    expect(lines(ask("www.example.test", "AAAA"))).toContain(
      "web.lb.example.test AAAA 20010db8000000000000000000000001",
    );
  });

  test("asking for the CNAME itself does not follow it", () => {
    expect(lines(ask("www.example.test", "CNAME"))).toEqual(["www.example.test CNAME web.lb.example.test"]);
  });

  test.each<TypeName>(["RRSIG", "NSEC", "KEY"])(
    "%s may stand beside a CNAME, and does not follow it",
    (type) => {
      expect(ask("www.example.test", type)).toMatchObject({ rcode: RCODE.NOERROR, answers: [] });
    },
  );

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
  const SOA = [{ type: TYPE.SOA, name: "example.test" }];
  test.each<[string, string, TypeName | number, string, object]>([
    ["a name that is not there", "nothing.example.test", "A", "NXDOMAIN", SOA],
    ["a CNAME to a name that is not there", "dead.example.test", "A", "NXDOMAIN", SOA],
    ["a name below one that has records", "below._offload.example.test", "A", "NXDOMAIN", SOA],
    ["a type that the name does not have", "_offload.example.test", "A", "NOERROR", SOA],
    ["a type that the server does not know", "_offload.example.test", HTTPS, "NOERROR", SOA],
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

  test.each<[string, string, TypeName, number, keyof typeof RCODE]>([
    ["another zone", "www.elsewhere.invalid", "A", CLASS_IN, "REFUSED"],
    ["the root", "", "NS", CLASS_IN, "REFUSED"],
    ["a name that only ends like ours", "notexample.test", "A", CLASS_IN, "REFUSED"],
    ["another class", "www.example.test", "A", CHAOS, "REFUSED"],
    ["a zone transfer", "example.test", "AXFR", CLASS_IN, "REFUSED"],
    ["an incremental zone transfer", "example.test", "IXFR", CLASS_IN, "REFUSED"],
    ["a type that no data has", "example.test", "OPT", CLASS_IN, "FORMERR"],
    ["a question that nobody asks any more", "example.test", "MAILB", CLASS_IN, "NOTIMP"],
  ])("%s is told so, without authority", (_, name, type, klass, rcode) => {
    expect(ask(name, type, klass)).toEqual({
      rcode: RCODE[rcode],
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
  const question = { name: verification.name, type: TYPE.TXT, class: CLASS_IN };
  expect(lines(answer(question, twice))).toEqual(["_offload.example.test TXT same"]);
});

test("ANY gets one RRset, not an amplifier", () => {
  expect(lines(ask("web.lb.example.test", "ANY"))).toHaveLength(2);
  expect(ask("example.test", "ANY").answers).toMatchObject([{ type: TYPE.SOA }]);
});

test("the apex tells its SOA with the serial, and its name servers", () => {
  const [serial, refresh, retry, expire, minimum] = [
    "00000007",
    "00000e10",
    "00000258",
    "00093a80",
    "0000003c",
  ];
  expect(lines(ask("example.test", "SOA"))).toEqual([
    `example.test SOA ns1.example.test hostmaster.example.test ${serial}${refresh}${retry}${expire}${minimum}`,
  ]);
  expect(lines(ask("example.test", "NS"))).toEqual([
    "example.test NS ns1.example.test",
    "example.test NS ns2.example.test",
  ]);
});

test("a long TXT is split into strings of 255 bytes that give the text again", () => {
  const [text] = ask("long.example.test", "TXT").answers[0]?.data ?? [];
  const part = (length: number): Buffer =>
    Buffer.from(`${String.fromCharCode(length)}${"x".repeat(length)}`, "latin1");
  expect(text).toEqual(Buffer.concat([part(255), part(255), part(90)]));
});

test.each([
  ["::", "0".repeat(32)],
  ["::1", `${"0".repeat(31)}1`],
  ["2001:db8::", `20010db8${"0".repeat(24)}`],
  ["2001:db8:1:2:3:4:5:6", "20010db8000100020003000400050006"],
  ["::ffff:192.0.2.1", `${"0".repeat(20)}ffffc0000201`],
])("the IPv6 address %s is written whole", (address, hex) => {
  expect(addressBytes(address).toString("hex")).toBe(hex);
});

test("any question gets an answer that is consistent in itself", () => {
  const known = ZONES.flatMap((zone) => [zone.name, ...zone.records.map((record) => record.name)]);
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom(...known),
    fc.tuple(fc.string(), fc.constantFrom(...known)).map(([prefix, name]) => `${prefix}.${name}`),
  );
  const types = fc.oneof(fc.constantFrom(...Object.values(TYPE)), fc.nat(0xffff));
  const classes = fc.oneof(
    { weight: 9, arbitrary: fc.constant(CLASS_IN) },
    { weight: 1, arbitrary: fc.nat(0xffff) },
  );
  fc.assert(
    fc.property(names, types, classes, (name, type, klass) => {
      const response = ask(name, type, klass);
      expect(response.rcode === RCODE.NOERROR || response.rcode === RCODE.NXDOMAIN).toBe(
        response.authoritative,
      );
      if (response.rcode === RCODE.NXDOMAIN) {
        expect(response.authorities).toMatchObject([{ type: TYPE.SOA }]);
      }
      if (response.authorities.length > 0) {
        expect(response.answers.filter((record) => record.type !== TYPE.CNAME)).toEqual([]);
      }
    }),
    { numRuns: 2_000 },
  );
});
