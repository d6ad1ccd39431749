import { beforeAll, describe, expect, it } from "vitest";
import { Site, SITE_NAME } from "./site";

describe("a provider that is killed", () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start({ keepProvider: false });
    await site.engine.up(site.program());
  });

  it.each([
    ["before it hears of the change", { beforeStep: 1 }],
    ["at the very beginning of a change", { duringStep: { step: 1, delayMilliseconds: 5 } }],
    ["in the middle of a change", { duringStep: { step: 1, delayMilliseconds: 60 } }],
    ["after the change, before Pulumi could save it", { afterStep: 1 }],
  ])("%s costs no handshake, and the same `up` again completes it", async (_when, kill) => {
    const handshakes = site.handshakes();
    const renewed = await site.authority.issue({ names: [SITE_NAME] });
    const program = site.program({ cert: renewed.chainPem, key: renewed.keyPem });
    await expect(site.engine.up(program, { kill })).rejects.toThrow(/certificate/);
    const { stackOutputs } = await site.engine.up(program);
    const served = (await site.servedCertificate()).fingerprint256.replaceAll(":", "").toLowerCase();
    expect(stackOutputs["fingerprint"]).toBe(served);
    expect((await handshakes.stop()).failures).toEqual([]);
    expect((await site.engine.preview(program, { refresh: true })).changes).toEqual([]);
  });

  it("while everything is created can be run again from where it was", async () => {
    const fresh = await Site.start({ keepProvider: false });
    for (const step of [1, 2, 2]) {
      await expect(fresh.engine.up(fresh.program(), { kill: { afterStep: step } })).rejects.toThrow();
    }
    await fresh.engine.up(fresh.program());
    expect(new Set(await fresh.visit(4))).toEqual(new Set(["ECS01", "ECS02"]));
    expect((await fresh.engine.preview(fresh.program(), { refresh: true })).changes).toEqual([]);
    await fresh.engine.destroy();
  });
});
