import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rotation } from "../../../../proxy-agent/data-plane/builtin/worker/rotation";

const turns = (rotation: Rotation, servers: { key: string; weight: number }[], count: number): string[] =>
  Array.from({ length: count }, () => rotation.next(servers)?.key ?? "nobody");

describe("rotation", () => {
  test("spreads a heavy server's turns out instead of bunching them", () => {
    const servers = [
      { key: "a", weight: 5 },
      { key: "b", weight: 1 },
      { key: "c", weight: 1 },
    ];
    expect(turns(new Rotation(), servers, 7).join("")).toBe("aabacaa");
  });

  test("gives everyone exactly its weight in each full round, whatever the weights", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, (all) => {
        const servers = all.map((weight, index) => ({ key: String(index), weight }));
        const total = all.reduce((sum, weight) => sum + weight, 0);
        const rotation = new Rotation();
        for (let round = 0; round < 2; round++) {
          const taken = turns(rotation, servers, total);
          for (const { key, weight } of servers) {
            expect(taken.filter((each) => each === key)).toHaveLength(weight);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test("goes on where it was when a server leaves and comes back", () => {
    const [a, b, c] = ["a", "b", "c"].map((key) => ({ key, weight: 1 })) as [never, never, never];
    const rotation = new Rotation();
    expect(turns(rotation, [a, b, c], 1)).toEqual(["a"]);
    // Started anew at each change, "a" would get all of these as well.
    expect(turns(rotation, [a, b], 1)).toEqual(["b"]);
    expect(turns(rotation, [a, b, c], 1)).toEqual(["c"]);
  });

  test("has nobody to offer when there is nobody", () => {
    expect(turns(new Rotation(), [], 1)).toEqual(["nobody"]);
  });

  test("forgets those that are gone for good", () => {
    const servers = ["a", "b"].map((key) => ({ key, weight: 1 }));
    const rotation = new Rotation();
    turns(rotation, servers, 1);
    rotation.keep(new Set());
    expect(turns(rotation, servers, 1)).toEqual(["a"]);
  });
});
