import { afterAll, beforeAll, expect, it } from "vitest";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { DeploymentError } from "../../support/engine";
import { recordsOf } from "../../support/dns/records-of";
import { describeUnless } from "../../support/needs";
import { ZoneSite } from "./zone-site";

/** On each kind of server: fifty together. */
const RACES = 25;
const STACKS = ["one", "two"] as const;

describeUnless(bindMissing(), "two stacks that want one name in a zone of BIND", () => {
  racesIn(startBind);
});
describeUnless(knotMissing(), "two stacks that want one name in a zone of Knot", () => {
  racesIn(startKnot);
});

function racesIn(start: () => Promise<DnsPrimary>): void {
  let primary: DnsPrimary;
  beforeAll(async () => {
    primary = await start();
  });
  afterAll(() => primary.stop());

  it(`never both get it, never neither, and nothing of the loser stays, ${RACES} times`, async () => {
    const sites = STACKS.map((stack) => new ZoneSite(primary, { stack }));
    for (const site of sites) await site.engine.up(site.program({ withRecord: false }));
    const before = await recordsOf(primary);
    const winners = new Map<string, number>();
    for (let race = 0; race < RACES; race += 1) {
      const outcomes = await Promise.all(
        sites.map((site, index) => outcomeOf(site, `${STACKS[index]}.example.net`)),
      );
      const winner = outcomes.indexOf("");
      expect([outcomes[1 - winner]]).toEqual([expect.stringMatching(/belongs to .* \(RECORD_OWNED\)/)]);
      const lines = await recordsOf(primary);
      const stack = STACKS[winner] ?? "";
      const added = lines.filter((line) => !before.includes(line));
      expect(added).toEqual([
        expect.stringMatching(`_offload-owner\\.www\\..*owner=test-project/${stack}/CnameRecord/www`),
        `www.example.test. 600 IN CNAME ${stack}.example.net.`,
      ]);
      winners.set(stack, (winners.get(stack) ?? 0) + 1);
      await Promise.all(sites.map((site) => site.engine.up(site.program({ withRecord: false }))));
      expect(await recordsOf(primary)).toEqual(before);
    }
    console.log(`${primary.kind}: won ${JSON.stringify(Object.fromEntries(winners))}`);
    for (const site of sites) await site.engine.destroy();
  });
}

/** "": it got the name. */
async function outcomeOf(site: ZoneSite, value: string): Promise<string> {
  return site.engine.up(site.program({ value })).then(
    () => "",
    (error: unknown) => (error instanceof DeploymentError ? error.message : String(error)),
  );
}
