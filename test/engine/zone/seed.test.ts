import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { nsupdate } from "../../support/dns/nsupdate";
import { DeploymentError } from "../../support/engine";
import { recordsOf } from "../../support/dns/records-of";
import { describeUnless } from "../../support/needs";
import { onCleanup } from "../../support/workspace";
import { NAME, SeedSite, SITE } from "./seed-site";

const [A, B] = ["127.0.0.201", "127.0.0.202"];

describeUnless(bindMissing(), "with all names in a zone of BIND", () => {
  namesIn(startBind);
});
describeUnless(knotMissing(), "with all names in a zone of Knot", () => {
  namesIn(startKnot);
});

function namesIn(start: (settings: { records: readonly string[] }) => Promise<DnsPrimary>): void {
  let primary: DnsPrimary;
  let before: readonly string[];
  beforeAll(async () => {
    primary = await start({ records: ["foreign.lb A 192.0.2.1"] });
    before = await recordsOf(primary);
  });
  afterAll(() => primary.stop());
  const owners = async (): Promise<string[]> =>
    (await primary.records()).filter((line) => line.startsWith(`_offload-owner.${NAME}.`));

  describe("the site", () => {
    it("leads to each verified host, follows them as they come and go, and leaves nothing in the zone", async () => {
      const site = await SeedSite.start(primary, { a: A });
      const { stackOutputs } = await site.engine.up(site.program());
      expect(stackOutputs).toEqual({ dnsHealth: "as of the last up" });
      expect(await site.resolved()).toEqual({ chain: [SITE, NAME], addresses: [A] });
      expect((await site.engine.up(site.program())).changes).toEqual([]);
      await site.engine.up(site.program({ hosts: { a: A, b: B } }));
      expect([...(await site.resolved()).addresses].sort()).toEqual([A, B]);
      await site.engine.up(site.program({ hosts: { b: B } }));
      expect((await site.resolved()).addresses).toEqual([B]);
      await site.engine.refresh();
      expect((await site.engine.preview(site.program({ hosts: { b: B } }))).changes).toEqual([]);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("whose name somebody led elsewhere is told, and leads to its hosts again", async () => {
      const site = await SeedSite.start(primary, { a: A });
      await site.engine.up(site.program());
      await nsupdate(primary, `update delete ${NAME}. A`, `update add ${NAME}. 60 A 192.0.2.9`);
      const seen = await site.engine.refresh();
      expect(seen.logs.map(({ message }) => message)).toContain(
        `zone example.test: ${NAME} does not lead to ${A}; \`pulumi up --refresh\` mends it`,
      );
      await site.engine.up(site.program(), { refresh: true });
      expect((await site.resolved()).addresses).toEqual([A]);
      await site.engine.destroy();
    });

    it("is mended by `up --refresh`, and can be destroyed, where somebody deleted the record that says whose its name is", async () => {
      const site = await SeedSite.start(primary, { a: A });
      await site.engine.up(site.program());
      await nsupdate(primary, `update delete _offload-owner.${NAME}.`);
      await site.engine.up(site.program(), { refresh: true });
      expect(await owners()).toHaveLength(1);
      expect((await site.resolved()).addresses).toEqual([A]);
      await nsupdate(primary, `update delete _offload-owner.${NAME}.`);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("takes over the name that a person made, where the program says so", async () => {
      const site = await SeedSite.start(primary, { a: A });
      await nsupdate(primary, `update add ${NAME}. 600 A 192.0.2.9`);
      await site.engine.up(site.program({ adopt: true }));
      expect((await site.resolved()).addresses).toEqual([A]);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("gets another name, and keeps the old one until the records lead to the new one", async () => {
      const site = await SeedSite.start(primary, { a: A });
      await site.engine.up(site.program());
      const renamed = site.program({ dnsName: "new.lb.example.test" });
      await site.engine.up(renamed);
      expect(await site.resolved()).toEqual({ chain: [SITE, "new.lb.example.test"], addresses: [A] });
      expect((await primary.records()).filter((line) => line.startsWith(`${NAME}. `))).toHaveLength(1);
      await site.engine.up(renamed);
      expect((await primary.records()).filter((line) => line.includes(NAME))).toEqual([]);
      expect((await site.engine.up(renamed)).changes).toEqual([]);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("gives a new name back where the rename failed, or nobody would ever take it away", async () => {
      const site = await SeedSite.start(primary, { a: A });
      await site.engine.up(site.program());
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, B, resolve));
      onCleanup(() => void taken.close());
      const broken = {
        dnsName: "new.lb.example.test",
        dnsListen: { addresses: [B], port: (taken.address() as AddressInfo).port },
      };
      await expect(site.engine.up(site.program(broken))).rejects.toThrow(DeploymentError);
      expect((await primary.records()).filter((line) => line.includes("new.lb"))).toEqual([]);
      expect(await site.resolved()).toEqual({ chain: [SITE, NAME], addresses: [A] });
      await site.engine.up(site.program());
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("keeps the old name while resolvers may lead people to it, whatever `up` comes, but not beyond a destroy", async () => {
      const site = await SeedSite.start(primary, { a: A }, { env: { OFFLOAD_SKIP_WAITS: "" } });
      await site.engine.up(site.program({ ttl: 1 }));
      const renamed = { ttl: 1, dnsName: "new.lb.example.test" };
      await site.engine.up(site.program(renamed));
      expect((await site.engine.up(site.program(renamed))).changes).toEqual([]);
      await site.engine.up(site.program({ ...renamed, hosts: { a: A, b: B } }));
      await site.engine.refresh();
      expect(await owners()).toHaveLength(1);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });

    it("is refused a name that is somebody else's before anything is done on a host", async () => {
      const site = await SeedSite.start(primary, { a: A });
      const error: unknown = await site.engine
        .up(site.program({ dnsName: "foreign.lb.example.test" }))
        .catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(DeploymentError);
      expect((error as DeploymentError).message).toContain(
        "foreign.lb.example.test is there already and was not made by this program: A 192.0.2.1. Remove it, choose another name, or take it over with `adopt: true`. (RECORD_FOREIGN)",
      );
      expect(existsSync(join(site.directory, "a"))).toBe(false);
      await site.engine.destroy();
      expect(await recordsOf(primary)).toEqual(before);
    });
  });
}
