import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cnameRecordDeclaration } from "../../../../provider/cname-record/declaration";
import { cnameRecordZoneOperation } from "../../../../provider/cname-record/zone-operation";
import { outlastLeases } from "../../../../provider/dns/leases";
import type { Primary } from "../../../../provider/dns/rfc2136/primary";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { zoneVerbs } from "../../../../provider/zone/handler";
import type { ZoneOperation } from "../../../../provider/zone/operation";
import type { CnameRecordInputs } from "../../../../provider/cname-record/schema";
import { memoryPrimary, type MemoryPrimarySettings } from "../../../support/dns/memory-primary";
import { MemoryZone } from "../../../support/dns/memory-zone";
import { withLimit } from "../../../support/limits";
import { CORRECT } from "../declared";
import { add, address, byHand, cname, WWW } from "../dns/claim/holdings";
import { failureOf } from "../dns/rfc2136/sending";
import { targetIn } from "../target-in-zone";

type Properties = Readonly<Record<string, unknown>>;

const OWNER = "shop/dev/CnameRecord/www";
const ID = `shop-dev/record/${WWW}`;
const LINE = `${WWW} 600 CNAME web.lb.example.test`;
const verbs = zoneVerbs(cnameRecordDeclaration, cnameRecordZoneOperation);

let said: string[];
const say = (line: string): void => void said.push(line);
const log: ResourceLog = {
  ...{ info: say, warning: say, progress: say, debug: say },
  flush: () => Promise.resolve(),
};
beforeEach(() => {
  said = [];
  vi.stubEnv("OFFLOAD_SKIP_WAITS", "1");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function site(settings: MemoryPrimarySettings = {}): Promise<{
  zone: MemoryZone;
  writes: () => number;
  inputs: (changes?: object, owner?: string) => Properties;
}> {
  const zone = new MemoryZone("example.test");
  const { primary, writes } = await memoryPrimary(zone, settings);
  const inputs = (changes: object = {}, owner = OWNER): Properties => ({
    ...{ ...CORRECT.cnameRecordInZone, ...changes, __provider: "text" },
    __offload: { zone: zoneOf(primary), owner, urn: "urn" },
  });
  return { zone, writes, inputs };
}

function zoneOf(primary: Primary): unknown {
  return targetIn(primary).dns?.rfc2136;
}

/** The CNAME, and whose it is. */
function standing({ records }: MemoryZone): { owner: string; incarnation: string } | null {
  const texts = records.flatMap(({ data }) => (data.kind === "texts" ? data.texts : []));
  const [, incarnation = "", owner = ""] = /incarnation=(.*),owner=(.*)/.exec(texts.join("")) ?? [];
  return owner === "" ? null : { owner, incarnation };
}

describe("a record in somebody's zone", () => {
  it("is made, changed in place and taken away, by what its state has of it", async () => {
    const { zone, inputs, writes } = await site();
    const { id, outs } = await verbs.create(inputs(), log);
    expect(id).toBe(ID);
    expect(outs).toMatchObject({ fqdn: WWW, ttl: 600, schemaVersion: 1 });
    expect(standing(zone)).toEqual({ owner: OWNER, incarnation: outs["incarnation"] });
    const updated = await verbs.update(id, outs, inputs({ ttl: 60 }), log);
    expect(updated.outs["incarnation"]).toBe(outs["incarnation"]);
    expect(zone.lines()).toContain(`${WWW} 60 CNAME web.lb.example.test`);
    await verbs.delete(id, updated.outs, log);
    expect([zone.lines(), writes()]).toEqual([[], 3]);
  });

  it("is not taken away by the delete half of its own replacement, or by the resource's old name", async () => {
    const { zone, inputs } = await site();
    const former = await verbs.create(inputs(), log);
    const renamed = inputs({}, "shop/dev/CnameRecord/renamed");
    for (const news of [inputs(), renamed]) {
      const { outs } = await verbs.create(news, log);
      expect(outs["incarnation"]).not.toBe(former.outs["incarnation"]);
      await verbs.delete(ID, former.outs, log);
      expect(zone.lines()).toContain(LINE);
    }
    expect(standing(zone)?.owner).toBe("shop/dev/CnameRecord/renamed");
  });

  it("that a person publishes from now on is taken away first, with its owner record", async () => {
    const { zone, inputs, writes } = await site();
    const { outs } = await verbs.create(inputs(), log);
    const byPerson = zoneVerbs(cnameRecordDeclaration, {
      ...cnameRecordZoneOperation,
      holdingOf: (declared, hidden) =>
        declared.ttl === 60 ? null : cnameRecordZoneOperation.holdingOf(declared, hidden),
    });
    const { outs: now } = await byPerson.update(ID, outs, inputs({ ttl: 60 }), log);
    expect(zone.lines()).toEqual([]);
    byHand(zone, add(cname("web.lb.example.test")));
    await byPerson.update(ID, now, inputs({ ttl: 60 }), log);
    expect([zone.lines(), writes()]).toEqual([[LINE], 2]);
  });

  it("is not written without the key, and nothing is asked", async () => {
    const { inputs, writes, zone } = await site();
    const [{ __offload }, news] = [inputs(), inputs()];
    const { zone: way, ...hidden } = __offload as { zone: object };
    const without = { ...news, __offload: { ...hidden, zone: { ...way, keySecret: undefined } } };
    expect((await failureOf(verbs.create(without, log))).message).toContain("(DNS_KEY_MISSING)");
    expect([zone.lines(), writes()]).toEqual([[], 0]);
  });

  it("that is written and could not be seen afterwards is kept, for the next `up` to mend", async () => {
    const { zone, inputs } = await site();
    const after = (): Promise<never> => Promise.reject(new Error("it is not seen"));
    const operation: ZoneOperation<CnameRecordInputs> = { ...cnameRecordZoneOperation, after };
    const failure = await failureOf(zoneVerbs(cnameRecordDeclaration, operation).create(inputs(), log));
    const { incarnation } = standing(zone) ?? {};
    expect(failure).toMatchObject({
      ...{ id: ID, reasons: ["it is not seen"] },
      properties: { fqdn: WWW, __provider: "text", incarnation },
    });
    expect(zone.lines()).toContain(LINE);
  });
});

describe("a refresh of a record in somebody's zone", () => {
  it("finds nothing where nothing is wrong", async () => {
    const { inputs } = await site();
    const { outs } = await verbs.create(inputs(), log);
    expect(await verbs.read(ID, outs, log)).toEqual({ id: ID, props: outs });
    expect(said).toEqual([]);
  });

  it("takes its incarnation from the zone where an update was cut off, or a later destroy would leave it", async () => {
    const { zone, inputs } = await site();
    const { outs } = await verbs.create(inputs(), log);
    const drifted = { ...outs, drift: { "zone example.test": "was changed" } };
    // Its outputs are lost: the engine was killed.
    await verbs.update(ID, drifted, inputs(), log);
    const { props } = await verbs.read(ID, outs, log);
    expect(props["incarnation"]).toBe(standing(zone)?.incarnation);
    expect(props["incarnation"]).not.toBe(outs["incarnation"]);
    await verbs.delete(ID, props, log);
    expect(zone.lines()).toEqual([]);
  });

  it.each<[string, object, object]>([
    ["leads elsewhere", { value: "hand.example.net", ttl: 60 }, cname("hand.example.net", 60)],
    ["has another TTL", { ttl: 5 }, cname("web.lb.example.test", 5)],
  ])("that %s by somebody's hand shows that as inputs, and makes an update of it", async (_, changed, by) => {
    const { zone, inputs } = await site();
    const { outs } = await verbs.create(inputs(), log);
    byHand(zone, add(by as ReturnType<typeof cname>));
    const drift = { "zone example.test": `${WWW} was changed behind Pulumi's back` };
    expect(await verbs.read(ID, outs, log)).toMatchObject({ inputs: changed, props: { ...changed, drift } });
    expect(said).toEqual([
      `zone example.test: ${WWW} was changed behind Pulumi's back; \`pulumi up --refresh\` mends it`,
    ]);
  });

  it("shows a record that somebody took away as switched off", async () => {
    const { zone, inputs } = await site();
    const { outs } = await verbs.create(inputs(), log);
    byHand(zone, { kind: "delete name", name: WWW });
    expect(await verbs.read(ID, outs, log)).toMatchObject({ inputs: { status: "DISABLE" } });
  });

  it("has the owner record made anew where only that was lost, by an update with a new incarnation", async () => {
    const { zone, inputs } = await site();
    const { outs } = await verbs.create(inputs(), log);
    byHand(zone, { kind: "delete name", name: `_offload-owner.${WWW}` });
    const { props, inputs: read } = await verbs.read(ID, outs, log);
    const lost = `the record at _offload-owner.${WWW} that says whose ${WWW} is, is gone`;
    expect([read, props["drift"]]).toEqual([undefined, { "zone example.test": lost }]);
    const mended = await verbs.update(ID, props, inputs(), log);
    expect(mended.outs["incarnation"]).not.toBe(outs["incarnation"]);
    expect(standing(zone)?.incarnation).toBe(mended.outs["incarnation"]);
    expect(mended.outs).not.toHaveProperty("drift");
  });

  it.each<[string, (zone: MemoryZone, inputs: (changes?: object, owner?: string) => Properties) => unknown]>([
    ["is nowhere", (zone) => (zone.records = [])],
    [
      "leads elsewhere, in nobody's name",
      (zone) => {
        zone.records = [];
        byHand(zone, add(cname("hand.example.net")));
      },
    ],
    [
      "is a person's by now",
      (zone) => {
        zone.records = [];
        byHand(zone, add(address("192.0.2.1")));
      },
    ],
    [
      "is another stack's by now",
      (_, inputs) => verbs.create(inputs({ adopt: true }, "shop/other/CnameRecord/www"), log),
    ],
  ])("knows that a record is gone that %s", async (_, come) => {
    const { zone, inputs } = await site();
    const { outs } = await verbs.create(inputs(), log);
    await come(zone, inputs);
    expect(await verbs.read(ID, outs, log)).toEqual({ id: "", props: {} });
  });

  it("knows that one is gone that was switched off, and of which nothing was there but whose it is", async () => {
    const { zone, inputs } = await site();
    const { outs } = await verbs.create(inputs({ status: "DISABLE" }), log);
    expect(await verbs.read(ID, outs, log)).toEqual({ id: ID, props: outs });
    zone.records = [];
    expect(await verbs.read(ID, outs, log)).toEqual({ id: "", props: {} });
  });

  it("keeps what was last known where the primary does not answer, with one warning", async () => {
    const { outs } = await verbs.create((await site()).inputs(), log);
    const { inputs } = await site({ tcp: false });
    const lost = { ...outs, __offload: inputs()["__offload"] };
    const read = await withLimit("dnsRetrySeconds", 0.05, () => verbs.read(ID, lost, log));
    expect(read).toEqual({ id: ID, props: lost });
    expect(said).toEqual([expect.stringMatching(/DNS_PRIMARY_UNREACHABLE\) What was last known stays\.$/)]);
  });
});

describe("taking a record away", () => {
  it("that cannot be done is named, with the way to go on without the zone", async () => {
    const { outs } = await verbs.create((await site()).inputs(), log);
    const { inputs } = await site({ tcp: false });
    const lost = { ...outs, __offload: inputs()["__offload"] };
    const failure = await withLimit("dnsRetrySeconds", 0.05, () => failureOf(verbs.delete(ID, lost, log)));
    expect(failure.message).toMatch(
      /^shop-dev\/record\/www\.example\.test could not be deleted from zone example\.test: no connection .* set OFFLOAD_RELEASE_ZONES=example\.test in the environment: its records are then left where they are\. \(ZONE_DELETE_FAILED\)$/,
    );
    vi.stubEnv("OFFLOAD_RELEASE_ZONES", "example.org,example.test");
    await verbs.delete(ID, lost, log);
    expect(said).toEqual([`zone example.test is given up: ${ID} stays there`]);
  });

  it("that somebody re-pointed by hand leaves it there and says so, without a wait", async () => {
    vi.stubEnv("OFFLOAD_SKIP_WAITS", "");
    const { zone, inputs } = await site();
    const { outs } = await verbs.create(inputs(), log);
    byHand(zone, add(cname("by-hand.example.net")));
    await verbs.delete(ID, outs, log);
    expect(zone.lines()).toEqual([`${WWW} 600 CNAME by-hand.example.net`]);
    expect(said).toEqual([
      `${WWW} stays in zone example.test: what is there now is not what ${ID} left there`,
    ]);
  });

  it("or leading it elsewhere lets what it led to wait for resolvers", async () => {
    vi.stubEnv("OFFLOAD_SKIP_WAITS", "");
    const { inputs } = await site();
    const { outs } = await verbs.create(inputs({ ttl: 2, value: "first.example.net" }), log);
    await verbs.update(ID, outs, inputs({ value: "second.example.net" }), log);
    await outlastLeases("first.example.net", log);
    expect(said[0]).toMatch(/^waiting [12] s until resolvers have forgotten www\.example\.test/);
  });

  it("waits for resolvers, but not where the record has a successor or was switched off", async () => {
    vi.stubEnv("OFFLOAD_SKIP_WAITS", "");
    const { inputs } = await site();
    const old = await verbs.create(inputs({ ttl: 1 }), log);
    const next = await verbs.create(inputs({ ttl: 1 }), log);
    await verbs.delete(ID, old.outs, log);
    expect(said).toEqual([]);
    await verbs.delete(ID, next.outs, log);
    expect(said[0]).toContain(`waiting 1 s until resolvers have forgotten ${WWW}`);
    said = [];
    const off = await verbs.create(inputs({ status: "DISABLE", ttl: 1 }), log);
    await verbs.delete(ID, off.outs, log);
    expect(said).toEqual([]);
  });
});
