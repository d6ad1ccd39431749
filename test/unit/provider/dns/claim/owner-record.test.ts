import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownerNameOf, ownershipIn, ownerTexts } from "../../../../../provider/dns/claim/owner-record";
import { fqdn, hostPrefix } from "../../../../../provider/dns/name";

describe("whose a name is", () => {
  it("is read back as it was written, whatever characters a resource's name has and however long it is", () => {
    const part = fc.string({ unit: "binary", minLength: 1, maxLength: 1_000 });
    const incarnation = fc.stringMatching(/^[0-9a-f]{1,32}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), incarnation, (parts, incarnation) => {
        const ownership = { owner: parts.join("/"), incarnation };
        const texts = ownerTexts(ownership);
        expect(ownershipIn(texts)).toEqual(ownership);
        // RFC 1035 3.3: a character string has one byte for its length. ASCII, so that no server changes it.
        for (const text of texts) expect(text).toMatch(/^[!-~]{1,255}$/);
      }),
      { numRuns: 200 },
    );
  });

  it("is told by a text that a person can read", () => {
    expect(ownerTexts({ owner: "shop/dev/CnameRecord/my www", incarnation: "1a" })).toEqual([
      "heritage=pulumi-tls-offload,incarnation=1a,owner=shop/dev/CnameRecord/my%20www",
    ]);
  });

  it.each([
    ["of another tool", ["heritage=external-dns,external-dns/owner=default"]],
    ["that is cut", ["heritage=pulumi-tls-offload,incarnation=1a,owner="]],
    ["with an escape that stands for nothing", ["heritage=pulumi-tls-offload,incarnation=1a,owner=%E0"]],
    ["with more before it", ["v=1,heritage=pulumi-tls-offload,incarnation=1a,owner=shop/dev/X/x"]],
    ["without anything", []],
  ])("is not told by a text %s", (_, texts) => {
    expect(ownershipIn(texts)).toBeNull();
  });
});

describe("where the owner record stands", () => {
  it.each([
    ["www.example.test", "_offload-owner.www.example.test"],
    ["*.example.test", "_offload-owner-wildcard.example.test"],
    ["*.dev.example.test", "_offload-owner-wildcard.dev.example.test"],
  ])("of %s is %s", (name, ownerName) => {
    expect(ownerNameOf(name)).toBe(ownerName);
  });

  it("is no two names' own, or one record's owner would be another's", () => {
    const label = fc.constantFrom("a", "b", "www", "_offload-owner", "_offload-owner-wildcard", "_dmarc");
    const prefix = fc
      .tuple(fc.boolean(), fc.array(label, { maxLength: 3 }))
      .map(([isWildcard, labels]) => [...(isWildcard ? ["*"] : []), ...labels].join("."))
      .filter((text) => hostPrefix(text).name !== undefined);
    fc.assert(
      fc.property(prefix, prefix, fc.constantFrom("example.test", "b.example.test"), (one, other, domain) => {
        const [name, second] = [fqdn(one, domain), fqdn(other, domain)];
        expect(ownerNameOf(name) === ownerNameOf(second)).toBe(name === second);
        expect(ownerNameOf(name)).not.toContain("*");
        expect(ownerNameOf(name).endsWith(`.${domain}`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
