import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Holding } from "../../../../../provider/dns/claim/plan";
import type { RecordData, ZoneChange } from "../../../../../provider/dns/rfc2136/types";
import { add, address, cname, hosts, proof, record, text } from "./holdings";
import { World, type Outcome, type Step } from "./world";

describe("between a look and its write anybody may write: nobody loses a record, and what is written is whole", () => {
  it("where two stacks want one CNAME", () => {
    const targets = ["a.example.net", "b.example.net"].flatMap((target) => [
      cname(target),
      cname(target, 60),
    ]);
    judge([record(), record()], () => fc.subarray(targets, { maxLength: 1 }));
  });

  it("where two stacks want one name for their load balancers", () => {
    // One set has one TTL (RFC 2181 5.2).
    const addresses = fc
      .tuple(fc.subarray(["192.0.2.1", "192.0.2.2", "2001:db8::1"]), fc.constantFrom(5, 60))
      .map(([texts, ttlSeconds]) => texts.map((one) => address(one, ttlSeconds)));
    judge([hosts(), hosts()], () => addresses);
  });

  it("where three stacks prove one domain", () => {
    judge(["one", "two", "three"].map(proof), ({ records }) => fc.constant([...records]));
  });
});

/** Any sequence of steps, each of which the world judges; and each outcome has to come about. */
function judge(
  holdings: readonly Holding[],
  recordsOf: (holding: Holding) => fc.Arbitrary<RecordData[]>,
): void {
  const seen = new Map<Outcome | null, number>();
  const steps = holdings.map((holding, who) => stepArbitrary(who, holding, recordsOf(holding)));
  fc.assert(
    fc.property(fc.array(fc.oneof(...steps), { minLength: 2, maxLength: 30 }), (sequence) => {
      const world = new World(holdings);
      for (const step of sequence) {
        const outcome = world.step(step);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }
    }),
    { numRuns: 1_000 },
  );
  for (const outcome of ["written", "overtaken", "nothing to do", "refused"] as const)
    expect([...seen.keys()]).toContain(outcome);
}

function stepArbitrary(
  who: number,
  holding: Holding,
  records: fc.Arbitrary<RecordData[]>,
): fc.Arbitrary<Step> {
  const rarely = fc.nat(5).map((chance) => chance === 0);
  const kind = <Kind extends Step["kind"]>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);
  const common = { who: fc.constant(who), lost: rarely };
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: kind("look"), who: fc.constant(who) }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: kind("put"), ...common, records, adopt: rarely, fresh: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ kind: kind("remove"), ...common }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("by hand"), change: handArbitrary(holding) }) },
  );
}

/** What a person does at a resource's names. */
function handArbitrary({ name, ownerName }: Holding): fc.Arbitrary<ZoneChange> {
  return fc.constantFrom<ZoneChange>(
    { kind: "delete name", name },
    { kind: "delete name", name: ownerName },
    ...[cname("hand.example.net", 60, name), address("192.0.2.99", 60, name), text("by hand", name)].map(add),
    ...[text("v=spf1 -all", ownerName), cname("hand.example.net", 60, ownerName)].map(add),
  );
}
