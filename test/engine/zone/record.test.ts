import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { kdig } from "../../support/dns/kdig";
import { nsupdate, testedByNsupdate } from "../../support/dns/nsupdate";
import { recordsOf } from "../../support/dns/records-of";
import { describeUnless } from "../../support/needs";
import { ZoneSite } from "./zone-site";

const OWNER = "_offload-owner.www.example.test.";

describeUnless(bindMissing(), "in a zone of BIND", () => {
  recordsIn(startBind);
});
describeUnless(knotMissing(), "in a zone of Knot", () => {
  recordsIn(startKnot);
});

function recordsIn(start: (settings: { records: readonly string[] }) => Promise<DnsPrimary>): void {
  let primary: DnsPrimary;
  beforeAll(async () => {
    primary = await start({
      records: [
        "taken A 192.0.2.1",
        "alias CNAME elsewhere.example.net.",
        "* 300 IN TXT wildcard",
        "*.wild 300 IN CNAME elsewhere.example.net.",
        "lb NS ns.elsewhere.example.net.",
      ],
    });
  });
  afterAll(() => primary.stop());

  describe("a record", () => {
    it("is made, changed in place, and gone, with the domain's proof beside it", async () => {
      const site = new ZoneSite(primary);
      const before = await recordsOf(primary);
      const { stackOutputs } = await site.engine.up(site.program());
      expect(stackOutputs).toMatchObject({
        verification: { status: "verified" },
        fqdn: "www.example.test",
      });
      expect(await lines("www.example.test.")).toEqual([
        "www.example.test. 600 IN CNAME web.lb.example.net.",
      ]);
      expect(await lines(OWNER)).toHaveLength(1);
      const isThere = "prereq yxrrset www.example.test. CNAME";
      expect(await testedByNsupdate(primary, `${isThere} web.lb.example.net.`)).toBe("NOERROR");
      expect(await testedByNsupdate(primary, `${isThere} other.example.net.`)).toBe("NXRRSET");
      if (primary.kind === "knot") {
        expect(await kdig(primary, "www.example.test", "CNAME")).toEqual(await lines("www.example.test."));
        expect(await kdig(primary, OWNER, "TXT")).toEqual(await lines(OWNER));
      }
      expect((await site.engine.up(site.program())).changes).toEqual([]);
      const changed = await site.engine.up(site.program({ value: "other.example.net", ttl: 60 }));
      expect(changed.changes.map(({ operation }) => operation)).toEqual(["update"]);
      expect(await lines("www.example.test.")).toEqual(["www.example.test. 60 IN CNAME other.example.net."]);
      await site.engine.up(site.program({ status: "DISABLE" }));
      expect(await lines("www.example.test.")).toEqual([]);
      await site.engine.up(site.program());
      expect(await lines("www.example.test.")).toEqual([
        "www.example.test. 600 IN CNAME web.lb.example.net.",
      ]);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("that somebody changed or removed by hand is shown by a refresh and mended", async () => {
      const site = new ZoneSite(primary);
      await site.engine.up(site.program());
      await byHand(
        "update delete www.example.test. CNAME",
        "update add www.example.test. 60 CNAME by-hand.example.net.",
      );
      const seen = await site.engine.refresh();
      expect(seen.logs.map(({ message }) => message).join("\n")).toContain(
        "zone example.test: www.example.test was changed behind Pulumi's back",
      );
      await site.engine.up(site.program());
      expect(await lines("www.example.test.")).toEqual([
        "www.example.test. 600 IN CNAME web.lb.example.net.",
      ]);
      await byHand(`update delete ${OWNER} TXT`, "update delete www.example.test. CNAME");
      await site.engine.up(site.program(), { refresh: true });
      expect(await lines("www.example.test.")).toEqual([
        "www.example.test. 600 IN CNAME web.lb.example.net.",
      ]);
      await byHand(`update delete ${OWNER} TXT`);
      await site.engine.up(site.program(), { refresh: true });
      expect(await lines(OWNER)).toHaveLength(1);
      await site.engine.destroy();
    });

    it("is refused where there is one that is not ours, unless it is to be taken over", async () => {
      const site = new ZoneSite(primary);
      const before = await recordsOf(primary);
      expect(await site.failure({ rr: "alias" })).toContain(
        "alias.example.test is there already and was not made by this program: CNAME elsewhere.example.net. Remove it, choose another name, or take it over with `adopt: true`. (RECORD_FOREIGN)",
      );
      expect(await site.failure({ rr: "taken" })).toContain(
        "taken.example.test has records of other types (A), beside which this one cannot stand. Remove these, or choose another name. (RECORD_IN_THE_WAY)",
      );
      expect(await site.failure({ rr: "taken", adopt: true })).toContain("(RECORD_IN_THE_WAY)");
      await site.engine.up(site.program({ rr: "alias", adopt: true }));
      expect(await lines("alias.example.test.")).toEqual([
        "alias.example.test. 600 IN CNAME web.lb.example.net.",
      ]);
      await site.engine.destroy();
      await byHand("update add alias.example.test. 600 CNAME elsewhere.example.net.");
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("that somebody re-pointed by hand stays when its resource goes, and only its owner record goes", async () => {
      const site = new ZoneSite(primary);
      const before = await recordsOf(primary);
      await site.engine.up(site.program());
      await byHand(
        "update delete www.example.test. CNAME",
        "update add www.example.test. 60 CNAME by-hand.example.net.",
      );
      const { logs } = await site.engine.destroy();
      expect(logs.map(({ message }) => message).join("\n")).toContain(
        "www.example.test stays in zone example.test: what is there now is not what test-project-test-stack/record/www.example.test left there",
      );
      expect(await lines("www.example.test.")).toEqual([
        "www.example.test. 60 IN CNAME by-hand.example.net.",
      ]);
      await byHand("update delete www.example.test. CNAME");
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("goes with its resource although somebody deleted its owner record", async () => {
      const site = new ZoneSite(primary);
      const before = await recordsOf(primary);
      await site.engine.up(site.program());
      await byHand(`update delete ${OWNER} TXT`);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("can lead into what the zone delegates, and cannot stand there, where nobody would see it", async () => {
      const site = new ZoneSite(primary);
      const before = await recordsOf(primary);
      await site.engine.up(site.program({ value: "web.lb.example.test" }));
      expect((await site.engine.up(site.program({ value: "web.lb.example.test" }))).changes).toEqual([]);
      await site.engine.destroy();
      expect(await site.failure({ rr: "www.lb" })).toContain("(DNS_NAME_DELEGATED)");
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("of another stack is refused by the owner's name", async () => {
      const [mine, other] = [new ZoneSite(primary), new ZoneSite(primary, { stack: "other" })];
      await mine.engine.up(mine.program());
      expect(await other.failure()).toContain(
        "www.example.test belongs to test-project/test-stack/CnameRecord/www, not to test-project/other/CnameRecord/www. Choose another name, remove it from the other program, or take it over with `adopt: true`. (RECORD_OWNED)",
      );
      expect(await lines("www.example.test.")).toHaveLength(1);
      await other.engine.up(other.program({ adopt: true }));
      await mine.engine.destroy();
      expect(await lines("www.example.test.")).toHaveLength(1);
      await other.engine.destroy();
      expect(await lines("www.example.test.")).toEqual([]);
    });

    it("can be a wildcard, and can stand where a wildcard already answers", async () => {
      const site = new ZoneSite(primary);
      await site.engine.up(site.program({ rr: "*.sub" }));
      expect(await lines("*.sub.example.test.")).toHaveLength(1);
      expect(await lines("_offload-owner-wildcard.sub.example.test.")).toHaveLength(1);
      await site.engine.up(site.program({ rr: "host.wild" }));
      expect(await lines("host.wild.example.test.")).toHaveLength(1);
      expect(await lines("*.sub.example.test.")).toEqual([]);
      await site.engine.destroy();
      expect(await lines("host.wild.example.test.")).toEqual([]);
    });

    it("is replaced by its own successor without a moment away", async () => {
      const site = new ZoneSite(primary);
      await site.engine.up(site.program());
      await site.engine.up(site.program(), { replace: ["www", "domain"] });
      expect(await lines("www.example.test.")).toHaveLength(1);
      expect(await lines("_offload-challenge.example.test.")).toHaveLength(1);
      await site.engine.destroy();
    });
  });

  async function lines(name: string): Promise<string[]> {
    return (await primary.records()).filter((line) => line.startsWith(`${name} `));
  }

  async function byHand(...commands: readonly string[]): Promise<void> {
    await nsupdate(primary, ...commands);
  }
}
