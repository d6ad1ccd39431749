import { beforeAll, describe, expect, it } from "vitest";
import { connects } from "../support/connects";
import type { Properties, ResourceState } from "../support/engine";
import { freePort } from "../support/free-port";
import { RESOURCES, Site, type ResourceName } from "./site";

const NAMES = Object.keys(RESOURCES) as ResourceName[];

describe("a replacement", () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start();
    await site.engine.up(site.program());
  });

  /** Everything is as declared, and no client noticed anything. */
  async function expectStanding(handshakes: ReturnType<Site["handshakes"]>): Promise<void> {
    const { failures, count } = await handshakes.stop();
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(10);
    expect((await site.engine.preview(site.program(), { refresh: true })).changes).toEqual([]);
    expect(new Set(await site.visit(4))).toEqual(new Set(["ECS01", "ECS02"]));
  }

  it.each(NAMES)("that was asked for leaves %s standing", async (name) => {
    const handshakes = site.handshakes();
    const { changes } = await site.engine.up(site.program(), { replace: [name] });
    expect(changes.map((step) => `${step.operation} ${step.name}`)).toEqual(
      expect.arrayContaining([`create-replacement ${name}`, `delete-replaced ${name}`]),
    );
    await expectStanding(handshakes);
  });

  it.each(NAMES.filter((name) => name !== "web"))(
    "by another name, without an alias, leaves %s standing",
    async (name) => {
      const handshakes = site.handshakes();
      await site.engine.up(site.program({ names: { [name]: `${name}-renamed` } }));
      await site.engine.up(site.program());
      await expectStanding(handshakes);
    },
  );

  it.each(NAMES.filter((name) => name !== "web"))(
    "by another name, with an alias, is none for %s: it keeps its id and all that is told of it",
    async (name) => {
      const renamed = site.program({ names: { [name]: `${name}-renamed` }, withAliases: true });
      const before = stateOf(name);
      const handshakes = site.handshakes();
      await site.engine.up(renamed);
      const after = stateOf(`${name}-renamed`);
      expect(after.id).toBe(before.id);
      expect(withoutOwner(after.outputs)).toEqual(withoutOwner(before.outputs));
      expect((await site.engine.preview(renamed, { refresh: true })).changes).toEqual([]);
      await site.engine.up(site.program());
      await expectStanding(handshakes);
    },
  );

  function stateOf(name: string): ResourceState {
    const found = site.engine.snapshot.resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no resource ${name}`);
    return found;
  }

  it("on another port serves there before the old port goes", async () => {
    const [oldPort, newPort] = [site.settings.listenerPort, await freePort()];
    const handshakes = site.handshakes(oldPort);
    // Stopped after the new listener was made: both serve.
    const moved = site.program({ listenerPort: newPort });
    await expect(site.engine.up(moved, { failAfter: 1, parallel: 1 })).rejects.toThrow(/interrupted/);
    expect(await connects(newPort)).toBe(true);
    expect((await handshakes.stop()).failures).toEqual([]);
    await site.engine.up(moved);
    expect(await connects(oldPort)).toBe(false);
    expect(new Set(await site.visit(4, newPort))).toEqual(new Set(["ECS01", "ECS02"]));
  });
});

function withoutOwner(outputs: Properties): Properties {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name !== "__offload"));
}
