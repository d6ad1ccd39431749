import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkedFqdn,
  domainName,
  fqdn,
  hostPrefix,
  isApex,
  normalize,
  targetName,
} from "../../../../provider/dns/name";

const label63 = "a".repeat(63);
const name253 = `${label63}.${label63}.${label63}.${"a".repeat(61)}`;

describe("domain names", () => {
  test.each([
    ["example.com", "example.com"],
    ["Example.COM.", "example.com"],
    ["a.b.c.example.com", "a.b.c.example.com"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["1and1.example", "1and1.example"],
    ["0.0.10.in-addr.arpa", "0.0.10.in-addr.arpa"],
    [`${label63}.com`, `${label63}.com`],
    [name253, name253],
  ])("%s is taken", (text, name) => {
    expect(domainName(text)).toEqual({ name });
  });

  test.each([
    ["", "is empty"],
    [".", "is empty"],
    ["com", "single label"],
    ["example..com", "empty label"],
    [".example.com", "empty label"],
    ["example.com..", "empty label"],
    ["-a.example", 'label "-a"'],
    ["a-.example", 'label "a-"'],
    ["a b.example", 'label "a b"'],
    ["_dmarc.example.com", 'label "_dmarc"'],
    ["*.example.com", '"*"'],
    ["http://example.com", "label"],
    ["example.com:443", "label"],
    ["192.0.2.1", "IP address"],
    ["2001:db8::1", "IP address"],
    ["example.123", "digits only"],
    ["bücher.example", 'write "xn--bcher-kva.example"'],
    ["xn--\u0000.example", "no name may have"],
    ["xn--a.example", "Punycode"],
    [`${label63}a.com`, "64 characters"],
    [`${name253}a`, "254 characters"],
  ])("%j is refused with the reason", (text, problem) => {
    expect(domainName(text).problem).toContain(problem);
  });
});

describe("host prefixes", () => {
  test.each([
    ["www", "www"],
    ["WWW", "www"],
    ["a.b", "a.b"],
    ["@", "@"],
    ["*", "*"],
    ["*.dev", "*.dev"],
    ["_acme-challenge", "_acme-challenge"],
    ["_443._tcp", "_443._tcp"],
    ["1", "1"],
    [label63, label63],
  ])("%s is taken", (text, name) => {
    expect(hostPrefix(text)).toEqual({ name });
  });

  test.each([
    ["", "is empty"],
    ["www.", "ends in a dot"],
    ["www.*", '"*"'],
    ["*.*", '"*"'],
    ["w*", 'label "w*"'],
    ["a..b", "empty label"],
    ["*.", "ends in a dot"],
    ["a b", "label"],
    ["@.www", "label"],
    [`${label63}a`, "64 characters"],
  ])("%j is refused with the reason", (text, problem) => {
    expect(hostPrefix(text).problem).toContain(problem);
  });
});

test("a CNAME may point at a name with underscores, never at an IP address", () => {
  expect(targetName("_x.Example.com.")).toEqual({ name: "_x.example.com" });
  expect(targetName("192.0.2.1").problem).toContain("IP address");
  expect(targetName("*.example.com").problem).toContain('"*"');
});

test("the whole name is put together, and its length is judged as a whole", () => {
  expect(fqdn("WWW", "Example.com.")).toBe("www.example.com");
  expect(fqdn("@", "example.com")).toBe("example.com");
  expect(fqdn("*", "example.com")).toBe("*.example.com");
  expect(checkedFqdn("www", "example.com")).toEqual({ name: "www.example.com" });
  expect(checkedFqdn("www", name253).problem).toContain("257 characters");
  expect([isApex("@"), isApex("www"), isApex("*")]).toEqual([true, false, false]);
});

test("any text is judged without a throw, and what is taken is taken again as it is", () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.domain(), fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(texts, fc.constantFrom(domainName, hostPrefix, targetName), (text, rule) => {
      const { name } = rule(text);
      if (name !== undefined) {
        expect(rule(name)).toEqual({ name });
        expect(normalize(name)).toBe(name);
        expect(name).toMatch(/^[!-~]{1,253}$/);
      }
    }),
    { numRuns: 3_000 },
  );
});
