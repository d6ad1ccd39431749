import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Document, StoredObject } from "tls-offload-agent/contract";
import {
  keptAddresses,
  neededHosts,
  planPublication,
  runningListeners,
  type HostSight,
  type Sights,
} from "../../../../provider/fleet/publish-plan";
import { wrongNames } from "../../../../provider/load-balancer/names";
import type { Target, TargetHost } from "../../../../provider/resource/hidden-input";

const HOSTS = ["a", "b", "c", "d"] as const;

describe("to which hosts the load balancer's name leads", () => {
  it("is to none without a listener, whose port would be closed", () => {
    expect(planPublication(target(), seen({ a: {}, b: {} })).addresses).toEqual([]);
    const stopped = { listeners: { one: "Stopped" as const }, published: ["10.0.0.1"] };
    expect(planPublication(target(), seen({ a: stopped })).addresses).toEqual([]);
  });

  it("is to all that have the first listener", () => {
    const full = { listeners: { one: "Running" as const } };
    const { addresses, joining } = planPublication(target(), seen({ a: full, b: full, c: {} }));
    expect(addresses).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(joining).toEqual(["a", "b"]);
  });

  it("is not to one that came back with the certificate of old", () => {
    const published = ["10.0.0.1"];
    const now = { listeners: { one: "Running" as const }, published, certificate: "new" };
    const plan = planPublication(target(), seen({ a: now, b: { ...now, certificate: "old" } }));
    expect(plan.addresses).toEqual(published);
    expect(planPublication(target(), seen({ a: now, b: now })).joining).toEqual(["b"]);
  });

  it("leaves out one that was drained by hand, and leaves alone one that was not seen", () => {
    const published = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
    const full = { listeners: { one: "Running" as const }, published };
    const plan = planPublication(target(), seen({ a: full, b: { ...full, drained: true } }));
    expect(plan.addresses).toEqual(["10.0.0.1", "10.0.0.3"]);
    const alone = planPublication(target(), seen({ a: { ...full, published: ["10.0.0.1"], drained: true } }));
    expect(alone.addresses).toEqual(["10.0.0.1"]);
  });

  it("is known to differ from zone to zone where a publication ended half way", () => {
    const full = { listeners: { one: "Running" as const } };
    const half = seen({
      a: { ...full, published: ["10.0.0.1"] },
      b: { published: ["10.0.0.1", "10.0.0.2"] },
    });
    const { current, anywhere, addresses } = planPublication(target(), half);
    expect([current, anywhere]).toEqual([["10.0.0.1"], ["10.0.0.1", "10.0.0.2"]]);
    expect(addresses).toEqual(["10.0.0.1"]);
    expect(wrongNames(target(), half)).toEqual({
      b: "its DNS leads to 10.0.0.2, to which other hosts' DNS does not",
    });
  });

  it("never is to one that lacks a listener which every published host has", () => {
    const seed = Number(process.env["FC_SEED"] ?? Date.now());
    fc.assert(
      fc.property(anySights, anyStatuses, (sights, statuses) => {
        const declared = target(statuses);
        const { current, addresses } = planPublication(declared, sights);
        const able = [...sights.keys()].filter(
          (host) => statuses[host as keyof typeof statuses] === "Active",
        );
        const published = able.filter((host) => current.includes(addressOf(host)));
        const measures = published.length > 0 ? published : able;
        const everywhere = ["one", "two"].filter((listener) =>
          measures.every((host) => serves(sights.get(host), listener) !== undefined),
        );
        for (const host of able.filter((name) => addresses.includes(addressOf(name)))) {
          const sight = sights.get(host);
          if (sight?.drained === true) expect(current).toContain(addressOf(host));
          expect(runningListeners(sight?.document ?? document({})).length).toBeGreaterThan(0);
          for (const listener of everywhere) expect(serves(sight, listener)).toBeDefined();
        }
        for (const host of HOSTS.filter((name) => !able.includes(name)))
          expect(addresses.includes(addressOf(host))).toBe(current.includes(addressOf(host)));
      }),
      { seed, numRuns: 600 },
    );
  });
});

describe("the load balancer's own change", () => {
  const list = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
  const documents = new Map(["a", "b", "c"].map((host) => [host, document({ published: list })]));

  it("publishes nobody, and takes out who leaves or goes into Maintenance", () => {
    const old = target({ a: "Active", b: "Active", c: "Active", d: "Maintenance" });
    const now = target({ a: "Active", b: "Maintenance", d: "Active" });
    expect(keptAddresses(now, old, documents)).toEqual(["10.0.0.1"]);
    expect(keptAddresses(now, null, new Map())).toEqual([]);
  });

  it("does not go by the zone of a host that was away", () => {
    const away = new Map([...documents, ["d", document({ published: ["10.0.0.4"] })] as const]);
    const old = target({ a: "Active", b: "Active", c: "Active", d: "Maintenance" });
    expect(keptAddresses(target(), old, away)).toEqual(list);
  });

  it("lets no host go that serves alone, be the other one yet to be filled, rebuilt from nothing or without its part", () => {
    const old = target({ a: "Active", b: "Active" });
    const now = target({ b: "Active" });
    const needed = (there?: Document): readonly string[] =>
      neededHosts(now, old, new Map(there === undefined ? [] : [["b", there]]));
    const [filled, pending] = [["10.0.0.1", "10.0.0.2"], ["10.0.0.1"]].map((published) =>
      document({ published }),
    );
    expect(needed(filled)).toEqual([]);
    expect(needed(pending)).toEqual(["a"]);
    expect(needed({ contract: 1, generation: 0, objects: {} })).toEqual(["a"]);
    expect(needed()).toEqual(["a"]);
    expect(needed(document({ published: [] }))).toEqual([]);
  });
});

interface Wish {
  readonly listeners?: Readonly<Record<string, "Running" | "Stopped">>;
  readonly certificate?: string;
  readonly published?: readonly string[];
  readonly drained?: boolean;
}

const anyWish: fc.Arbitrary<Wish> = fc.record({
  listeners: fc.dictionary(fc.constantFrom("one", "two"), fc.constantFrom("Running", "Stopped")),
  certificate: fc.constantFrom("old", "new"),
  published: fc.subarray(HOSTS.map(addressOf)),
  drained: fc.boolean(),
});
const anySights = fc
  .record({ a: anyWish, b: anyWish, c: anyWish, d: anyWish }, { requiredKeys: [] })
  .map((wishes) => seen(wishes as Record<string, Wish>));
const anyStatus = fc.constantFrom("Active" as const, "Maintenance" as const);
const anyStatuses = fc.record({ a: anyStatus, b: anyStatus, c: anyStatus, d: anyStatus });

/** What a client of the listener would meet; undefined: nothing. */
function serves(sight: HostSight | undefined, listener: string): unknown {
  return sight?.document.objects[`shop/listener/${listener}`]?.kind === "listener" &&
    runningListeners(sight.document).some(({ id }) => id.endsWith(listener))
    ? listener
    : undefined;
}

function seen(wishes: Readonly<Record<string, Wish>>): Sights {
  const sights = Object.entries(wishes).map(([host, wish]): [string, HostSight] => [
    host,
    { document: document(wish), drained: wish.drained ?? false },
  ]);
  return new Map(sights);
}

function document({ listeners = {}, certificate = "new", published = [] }: Wish): Document {
  const object = (id: string, kind: string, spec: object): [string, StoredObject] => {
    const whole = { id, kind, spec, owner: "p/s/T/n", incarnation: "1", revision: 1 };
    return [id, whole as unknown as StoredObject];
  };
  const objects = [
    object("shop", "loadBalancer", { publishedAddresses: published }),
    object("shop/certificate/www", "certificate", { fingerprintSha256: certificate }),
    ...Object.entries(listeners).map(([name, status]) =>
      object(`shop/listener/${name}`, "listener", {
        status,
        certificateId: "shop/certificate/www",
        additionalCertificateIds: [],
        serverGroupId: "shop/server-group/web",
      }),
    ),
  ];
  return { contract: 1, generation: 1, objects: Object.fromEntries(objects) };
}

function addressOf(host: string): string {
  return `10.0.0.${host.charCodeAt(0) - "a".charCodeAt(0) + 1}`;
}

function target(
  statuses: Readonly<Record<string, TargetHost["status"]>> = { a: "Active", b: "Active", c: "Active" },
): Target {
  const hosts = Object.entries(statuses).map(([name, status]) => [
    name,
    {
      addresses: [addressOf(name)],
      bindAddresses: [addressOf(name)],
      status,
      local: { stateDir: `/${name}` },
    },
  ]);
  return {
    loadBalancerId: "shop",
    dnsName: "shop.lb.internal",
    hosts: Object.fromEntries(hosts) as Target["hosts"],
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 300,
  };
}
