import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { connects } from "../support/connects";
import { Site } from "./site";

describe("the seed scenario", () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start();
    const { changes } = await site.engine.up(site.program());
    expect(changes.map(({ operation }) => operation)).toEqual(Array<string>(6).fill("create"));
  });

  it("is served by both backends", async () => {
    const answers = await site.visit(20);
    expect(new Set(answers)).toEqual(new Set(["ECS01", "ECS02"]));
  });

  it("lets a program read what it left to the defaults", async () => {
    const { stackOutputs } = await site.engine.up(site.program());
    expect(stackOutputs["defaults"]).toEqual({ scheduler: "Wrr", cps: 0, timeoutSeconds: 300 });
  });

  it("needs no change when nothing changed", async () => {
    expect((await site.engine.up(site.program())).changes).toEqual([]);
    expect((await site.engine.preview(site.program(), { refresh: true })).changes).toEqual([]);
  });

  it("shows a preview that changes nothing", async () => {
    const before = site.engine.snapshot;
    const { changes } = await site.engine.preview(site.program({ idleTimeout: 60, listenerPort: 1 }));
    expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toContain(
      "create-replacement listener",
    );
    expect(site.engine.snapshot).toBe(before);
    expect(await site.visit(1)).toHaveLength(1);
  });

  it("leaves no process, port or file behind when it is destroyed", async () => {
    await site.engine.destroy();
    expect(site.engine.snapshot.resources).toEqual([]);
    expect(await connects(site.settings.listenerPort)).toBe(false);
    expect(existsSync(site.stateDir)).toBe(false);
  });
});
