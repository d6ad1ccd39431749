import { afterAll, beforeAll, expect, it } from "vitest";
import { bindMissing, newKey, startBind, type DnsPrimary } from "../../support/dns";
import { visibleText } from "../../support/engine";
import { recordsOf } from "../../support/dns/records-of";
import { describeUnless } from "../../support/needs";
import { ZoneSite, type ZoneSettings } from "./zone-site";

/** From before the first question to after the last answer. */
const KILL_MILLISECONDS = process.env["TEST_LONG"] === "1" ? [0, 5, 10, 15, 20, 30, 40, 60, 90] : [0, 15, 40];
const CHANGED = { value: "other.example.net", ttl: 30 };

describeUnless(bindMissing(), "a zone whose", () => {
  let primary: DnsPrimary;
  let before: readonly string[];
  beforeAll(async () => {
    primary = await startBind();
    before = await recordsOf(primary);
  });
  afterAll(() => primary.stop());

  it.each(["create", "update", "delete"] as const)(
    "provider is killed at any moment of a %s is as before or as declared, and the next `up` is clean",
    async (verb) => {
      const site = new ZoneSite(primary, { keepProvider: false });
      for (const delayMilliseconds of KILL_MILLISECONDS) {
        await site.engine.up(site.program({ withRecord: verb !== "create" }));
        const [old, wanted] = [await recordsOf(primary), changesOf(verb)];
        const kill = { duringStep: { step: 1, delayMilliseconds } };
        await site.engine.up(site.program(wanted), { kill }).catch(() => undefined);
        const killed = await recordsOf(primary);
        await site.engine.up(site.program(wanted));
        const now = await recordsOf(primary);
        // Only the incarnation of a create that was killed may be another one afterwards.
        expect([old, now].map(withoutIncarnations)).toContainEqual(withoutIncarnations(killed));
        expect((await site.engine.preview(site.program(wanted), { refresh: true })).changes).toEqual([]);
      }
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    },
  );

  it("server is away keeps the state true, is named, and takes the change at the next `up`", async () => {
    const site = new ZoneSite(primary);
    await site.engine.up(site.program());
    await primary.stop();
    expect(await site.failure(CHANGED)).toMatch(
      new RegExp(
        `no connection to the DNS server at 127\\.0\\.0\\.1 port ${primary.port}: .* Look whether it runs`,
      ),
    );
    const { logs } = await site.engine.refresh();
    expect(logs.map(({ message }) => message).join("\n")).toMatch(
      /\(DNS_PRIMARY_UNREACHABLE\) What was last known stays\./,
    );
    await expect(site.engine.destroy()).rejects.toThrow(
      /could not be deleted from zone example\.test: .*set OFFLOAD_RELEASE_ZONES=example\.test in the environment: .*\(ZONE_DELETE_FAILED\)/,
    );
    await primary.restart();
    expect((await site.engine.preview(site.program(), { refresh: true })).changes).toEqual([]);
    await site.engine.up(site.program(CHANGED));
    expect(await recordsOf(primary)).toContain("www.example.test. 30 IN CNAME other.example.net.");
    await site.engine.destroy();
  });

  it("zone is gone for good is given up by name", async () => {
    const site = new ZoneSite(primary, { env: { OFFLOAD_RELEASE_ZONES: "example.test" } });
    await site.engine.up(site.program());
    await primary.stop();
    await site.engine.destroy();
    expect(site.engine.snapshot.resources).toEqual([]);
    await primary.restart();
    // What was left there is the same stack's: the next one takes it over and takes it away.
    const next = new ZoneSite(primary);
    await next.engine.up(next.program());
    await next.engine.destroy();
    expect(await recordsOf(primary)).toEqual(before);
  });

  it("key was replaced takes the new one in place, and shows neither of them", async () => {
    const site = new ZoneSite(primary);
    const wrong = newKey(primary.key.name).secret;
    const said: string[] = [await site.failure({ way: { keySecret: wrong } })];
    expect(said[0]).toContain(
      `the DNS server at 127.0.0.1 port ${primary.port} has another secret for the key ${primary.key.name} (BADSIG).`,
    );
    for (const deployed of [
      await site.engine.up(site.program()),
      await site.engine.up(site.program({ way: { transport: "udp" } })),
      await site.engine.refresh(),
    ]) {
      // The SDK's own debug log has all that it sends.
      said.push(
        ...deployed.logs.filter(({ severity }) => severity !== "debug").map(({ message }) => message),
      );
    }
    const visible = [visibleText(site.engine.snapshot), ...said].join("\n");
    for (const secret of [wrong, primary.key.secret]) {
      expect(JSON.stringify(site.engine.snapshot).includes(secret)).toBe(secret !== wrong);
      expect(visible).not.toContain(secret);
      expect(visible).not.toContain(Buffer.from(secret, "base64").toString("hex"));
    }
    await site.engine.destroy();
    expect(await recordsOf(primary)).toEqual(before);
  });
});

function changesOf(verb: "create" | "update" | "delete"): Partial<ZoneSettings> {
  return { create: {}, update: CHANGED, delete: { withRecord: false } }[verb];
}

function withoutIncarnations(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/incarnation=[^,]*/, "incarnation"));
}
