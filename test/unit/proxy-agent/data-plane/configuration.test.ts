import { describe, expect, test } from "vitest";
import { joined } from "../../../../proxy-agent/data-plane/builtin/primary/configuration";
import type { WorkerObserved } from "../../../../proxy-agent/data-plane/builtin/messages";
import { mergeObserved } from "../../../../proxy-agent/data-plane/builtin/primary/observe";
import { RateLimit } from "../../../../proxy-agent/data-plane/builtin/worker/rate-limit";
import { ServerNames } from "../../../../proxy-agent/data-plane/builtin/tls/server-names";
import type { DataPlaneConfiguration } from "../../../../proxy-agent/data-plane/interface";

const of = (generation: number, listeners: string[], groups: string[]): DataPlaneConfiguration =>
  ({
    generation,
    listeners: listeners.map((id) => ({
      id: id.slice(0, 1),
      serverGroupId: id,
      endpoints: [{ address: `192.0.2.${id.slice(1)}`, port: 443 }],
    })),
    groups: groups.map((id) => ({ id })),
  }) as unknown as DataPlaneConfiguration;
const namesOf = ({ listeners, groups }: DataPlaneConfiguration): string =>
  [...listeners.map((each) => each.serverGroupId), ...groups.map((each) => each.id)].toSorted().join(" ");

describe("what is served after a change", () => {
  const before = of(1, ["a1", "b1"], ["g", "h"]);
  const next = of(2, ["b2", "c2"], ["h"]);

  test("keeps what is missing until it is retired", () => {
    expect(namesOf(joined(before, next, { without: new Set(), retire: false }))).toBe("a1 b2 c2 g h");
    expect(namesOf(joined(before, next, { without: new Set(), retire: true }))).toBe("b2 c2 h");
  });

  test("keeps a listener's former endpoints until it is retired: a worker replaced meanwhile needs them", () => {
    const addressesOfB = (retire: boolean): string[] | undefined =>
      joined(before, next, { without: new Set(), retire })
        .listeners.find(({ id }) => id === "b")
        ?.endpoints.map(({ address }) => address);
    expect(addressesOfB(false)).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(addressesOfB(true)).toEqual(["192.0.2.2"]);
  });

  test("keeps a listener as it was when its new form cannot be held", () => {
    expect(namesOf(joined(before, next, { without: new Set(["b", "c"]), retire: true }))).toBe("b1 h");
  });
});

describe("the workers' answers as one", () => {
  const served = of(1, ["a1"], []);
  const listener = {
    id: "a",
    endpoints: ["127.0.0.1 443"],
    fingerprintsSha256: ["f"],
    securityPolicyId: "p",
    unavailableCiphers: [],
    serverGroupId: "g",
    connections: 2,
    connectionsByServer: { s: 2 },
  };

  const seeing = (one: typeof listener): WorkerObserved => ({
    listeners: [one],
    groups: [],
    drainSeconds: 0,
  });

  test("sum up the connections", () => {
    const [merged] = mergeObserved([seeing(listener), seeing(listener)], {
      workers: 2,
      served,
    });
    expect(merged).toMatchObject({ connections: 4, connectionsByServer: { s: 4 }, workersAgree: true });
  });

  test("do not agree while a worker is missing or serves something else", () => {
    const other = { ...listener, fingerprintsSha256: ["old"] };
    expect(mergeObserved([seeing(listener)], { workers: 2, served })[0]?.workersAgree).toBe(false);
    const differing = [seeing(listener), seeing(other)];
    expect(mergeObserved(differing, { workers: 2, served })[0]?.workersAgree).toBe(false);
  });
});

describe("a rate limit", () => {
  test("lets through what it says, with one second's worth at once", () => {
    let now = 0;
    const limit = new RateLimit(10, () => now);
    const taken = (): number => Array.from({ length: 100 }, () => limit.take()).filter(Boolean).length;
    expect(taken()).toBe(10);
    now = 0.5;
    expect(taken()).toBe(5);
    now = 60;
    expect(taken()).toBe(10);
  });

  test("lets a share below one through now and then, and 0 means no limit", () => {
    let now = 0;
    const limit = new RateLimit(0.5, () => now);
    expect([limit.take(), limit.take()]).toEqual([true, false]);
    now = 2;
    expect(limit.take()).toBe(true);
    expect(Array.from({ length: 1_000 }, () => new RateLimit(0).take())).not.toContain(false);
  });
});

describe("server names", () => {
  test("an exact name wins over a wildcard, and the first certificate keeps a name", () => {
    const names = new ServerNames<string>();
    names.add(["*.example.test", "example.test"], "first");
    names.add(["www.example.test", "example.test"], "second");
    expect(
      ["www.example.test", "x.example.test", "example.test", "a.b.example.test"].map((n) => names.find(n)),
    ).toEqual(["second", "first", "first", undefined]);
  });
});
