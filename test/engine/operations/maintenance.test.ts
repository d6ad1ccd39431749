import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ByHand } from "./by-hand";
import { FleetSite, type FleetHost } from "./fleet-site";

const ACTIVE = { "edge-a": { bind: "127.0.0.201" }, "edge-b": { bind: "127.0.0.202" } };

describe("hosts in Maintenance", () => {
  let site: FleetSite;
  beforeEach(async () => {
    site = await FleetSite.start(ACTIVE);
    await site.engine.up(site.program());
  });
  afterEach(() => site.engine.destroy());

  it("that are all hosts keep their load balancer through a refresh, and come back with what they had", async () => {
    const resting = site.program({ hosts: inMaintenance("edge-a", "edge-b") });
    await site.engine.up(resting);
    const { changes } = await site.engine.refresh();
    expect(changes).toEqual([]);
    expect((await site.engine.preview(resting)).changes).toEqual([]);
    await site.engine.up(site.program());
    expect(await site.fingerprintAt("127.0.0.202")).toBe(await site.fingerprintAt("127.0.0.201"));
  });

  it("may have what the Active ones lost: a refresh calls nothing gone that it cannot see", async () => {
    const half = site.program({ hosts: inMaintenance("edge-b") });
    await site.engine.up(half);
    await new ByHand(site, "edge-a").removeAll();
    await site.engine.refresh();
    const { logs } = await site.engine.preview(half);
    expect(logs.map(({ message }) => message)).toContain(
      "to be mended: host edge-a: it has no part of this load balancer",
    );
    await site.engine.up(site.program());
    expect(await site.fingerprintAt("127.0.0.201")).toBe(await site.fingerprintAt("127.0.0.202"));
  });
});

function inMaintenance(...names: readonly (keyof typeof ACTIVE)[]): Record<string, FleetHost> {
  const resting = names.map((name) => [name, { ...ACTIVE[name], status: "Maintenance" as const }]);
  return { ...ACTIVE, ...(Object.fromEntries(resting) as Record<string, FleetHost>) };
}
