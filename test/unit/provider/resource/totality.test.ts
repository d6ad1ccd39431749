import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { certificateDeclaration } from "../../../../provider/certificate/declaration";
import { cnameRecordDeclaration } from "../../../../provider/cname-record/declaration";
import { domainDeclaration } from "../../../../provider/domain/declaration";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import { checkInputs } from "../../../../provider/resource/check";
import type { Declaration, Unchecked } from "../../../../provider/resource/definition";
import { diffInputs } from "../../../../provider/resource/diff";
import { serverGroupDeclaration } from "../../../../provider/server-group/declaration";
import { tcpSslListenerDeclaration } from "../../../../provider/tcp-ssl-listener/declaration";
import { createAuthority } from "../../../../scripts/demo/certificate-authority";
import { CONNECTION, CORRECT, HIDDEN as LOCAL, HIDDEN_ZONE, RFC2136 } from "../declared";

const SENTINELS = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];
/** With a host over SSH and a zone too, so that every node of these gets its turn, declared and hidden. */
const HIDDEN = {
  ...LOCAL,
  target: {
    ...LOCAL.target,
    dns: { rfc2136: RFC2136 },
    hosts: {
      ...LOCAL.target.hosts,
      edge: {
        addresses: ["192.0.2.10"],
        bindAddresses: ["192.0.2.10"],
        status: "Active",
        connection: CONNECTION,
      },
    },
  },
};
const SECRET = "c2VjcmV0LWJ5dGVz";

const cases: [Declaration, Unchecked, object][] = [];
beforeAll(async () => {
  const { chainPem, keyPem } = await (await createAuthority()).issue({ names: ["www.example.test"] });
  cases.push(
    [loadBalancerDeclaration, { ...CORRECT.loadBalancer, dns: { rfc2136: RFC2136 } }, HIDDEN],
    [certificateDeclaration, { certificateName: "www", cert: chainPem, key: keyPem }, HIDDEN],
    [serverGroupDeclaration, CORRECT.serverGroup, HIDDEN],
    [tcpSslListenerDeclaration, CORRECT.tcpSslListener, HIDDEN],
    [domainDeclaration, CORRECT.domain, HIDDEN],
    [cnameRecordDeclaration, CORRECT.cnameRecord, HIDDEN],
    [domainDeclaration, CORRECT.domainInZone, HIDDEN_ZONE],
    [cnameRecordDeclaration, CORRECT.cnameRecordInZone, HIDDEN_ZONE],
  );
});

/** Puts something else in the place of any node: leaves, lists and objects alike. */
function replaced(value: unknown, chance: fc.GeneratorValue, by: () => unknown): unknown {
  if (chance(fc.integer, { min: 0, max: 4 }) === 0) return by();
  if (Array.isArray(value)) return value.map((inner) => replaced(inner, chance, by));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, replaced(inner, chance, by)]),
  );
}

/** Fails with the seed, by which the run can be repeated. */
function forAll(law: (declaration: Declaration, inputs: Unchecked, chance: fc.GeneratorValue) => void): void {
  const seed = Number(process.env["FC_SEED"] ?? Date.now());
  fc.assert(
    fc.property(fc.nat(cases.length - 1), fc.gen(), (index, chance) => {
      const [declaration, inputs, hidden] = cases[index] ?? [domainDeclaration, {}, HIDDEN];
      // With all defaults, so that every property there is gets its turn.
      const { inputs: whole } = checkInputs(declaration, {}, { ...inputs, __offload: hidden });
      law(declaration, whole, chance);
    }),
    { seed, numRuns: 800 },
  );
}

describe("a preview never stumbles", () => {
  it("over unknowns, at any depth and of any kind", () => {
    forAll((declaration, inputs, chance) => {
      const unknowns = (): unknown => chance(fc.constantFrom, ...SENTINELS);
      const news = Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [name, replaced(value, chance, unknowns)]),
      );
      const { inputs: filled, failures } = checkInputs(declaration, {}, news);
      expect(failures).toEqual([]);
      expect(diffInputs(declaration, inputs, filled).deleteBeforeReplace).toBe(false);
      expect(diffInputs(declaration, filled, inputs).deleteBeforeReplace).toBe(false);
    });
  });

  it("over values of any other shape, and never tells a value", () => {
    forAll((declaration, inputs, chance) => {
      const anything = (): unknown =>
        chance(fc.constantFrom, SECRET, [SECRET], { a: SECRET }, null, -1, 0.5, true, "", [], {});
      // Names are public by nature, and are told.
      const keep = ["domainName", "rr", "value", "dnsName", "__offload"];
      const news = Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [
          name,
          keep.includes(name) ? value : replaced(value, chance, anything),
        ]),
      );
      const { failures, advice } = checkInputs(declaration, {}, news);
      const said = [...failures.map(({ reason }) => reason), ...advice].join("\n");
      expect(said).not.toContain(SECRET);
      expect(said).not.toMatch(/[A-Za-z0-9+/]{60}/);
      for (const { property } of failures) expect(property).toBe("");
      diffInputs(declaration, inputs, news);
      diffInputs(declaration, news, inputs);
    });
  });
});

describe("an unchanged program", () => {
  it("has an empty diff, in any order of what has no order", () => {
    forAll((declaration, inputs, chance) => {
      const { inputs: checkedInputs, failures } = checkInputs(declaration, {}, inputs);
      expect(failures).toEqual([]);
      const shuffled = shuffle(checkedInputs, "", declaration.orderless, chance) as Unchecked;
      expect(diffInputs(declaration, checkedInputs, checkedInputs).paths).toEqual([]);
      expect(diffInputs(declaration, checkedInputs, shuffled).paths).toEqual([]);
    });
  });
});

function shuffle(
  value: unknown,
  path: string,
  orderless: readonly string[],
  chance: fc.GeneratorValue,
): unknown {
  const anyHost = path.replace(/^hosts\.[^.]+/, "hosts.*");
  if (Array.isArray(value)) {
    if (!orderless.includes(anyHost)) return value;
    return chance(fc.shuffledSubarray, value, { minLength: value.length });
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      shuffle(inner, path === "" ? name : `${path}.${name}`, orderless, chance),
    ]),
  );
}
