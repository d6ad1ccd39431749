import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { DeploymentError, secretPathsOf, visibleText, type ResourceState } from "../../../support/engine";
import { Thing, World, thing } from "./world";

const resource = (world: World, name: string): ResourceState | undefined =>
  world.engine.snapshot.resources.find((candidate) => candidate.name === name);

const failureOf = async (deployed: Promise<unknown>): Promise<DeploymentError> => {
  const error = await deployed.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DeploymentError)) throw new Error(`no DeploymentError but ${String(error)}`);
  return error;
};

describe("a failure", () => {
  test("of one check stops the update there and deletes nothing", async () => {
    const world = new World();
    await world.engine.up([thing("old", {})]);
    world.forget();
    const failed = failureOf(
      world.engine.up([thing("a", {}), thing("b", { bad: "" }), thing("c", {})], { parallel: 1 }),
    );
    expect((await failed).message).toContain("Thing resource 'b' has a problem: it is bad");
    expect(world.calls().some(({ label }) => label === "c")).toBe(false);
    expect(resource(world, "old")).toBeDefined();
  });

  test("that names a top-level property shows its value, as the real engine does", async () => {
    const world = new World();
    const failed = await failureOf(world.engine.up([thing("b", { bad: "value", value: "leaked" })]));
    expect(failed.message).toContain('property value value {"leaked"} has a problem');
  });

  test("of a create saves nothing; a program that waits for it ends all the same", async () => {
    const world = new World();
    const failed = await failureOf(
      world.engine.up(async () => {
        const broken = new Thing("broken", { fail: "plain" });
        new Thing("after", { value: broken.madeFrom });
        await new Promise((resolve) => broken.id.apply(resolve));
      }),
    );
    expect(failed.message).toContain("plain failure of broken");
    expect(resource(world, "broken")).toBeUndefined();
    expect(world.effects()).toEqual(["create broken"]);
  });

  test("after the object was made is saved, and the next update is forced", async () => {
    const world = new World();
    const failed = await failureOf(world.engine.up([thing("a", { fail: "init" })]));
    expect(failed.message).toContain("made, but not in order");
    expect(resource(world, "a")?.initErrors).toEqual(["it does not answer"]);
    await failureOf(world.engine.up([thing("a", { fail: "init" })]));
    expect(world.effects()).toEqual(["create a", "update a"]);
    await world.engine.up([thing("a", {})]);
    expect(resource(world, "a")?.initErrors).toEqual([]);
    await world.engine.destroy();
    expect(world.objects()).toEqual([]);
  });

  test("of a delete keeps the resource", async () => {
    const world = new World();
    await world.engine.up([thing("a", { failDelete: true }), thing("b", {}, ["a"])]);
    await failureOf(world.engine.destroy());
    expect(world.engine.snapshot.resources.map(({ name }) => name)).toEqual(["a"]);
  });

  test("between the halves of a replacement leaves the old half to the next update", async () => {
    const world = new World();
    await world.engine.up([thing("a", { fixed: "1" })]);
    await failureOf(world.engine.up([thing("a", { fixed: "2" })], { failAfter: 1 }));
    expect(world.engine.snapshot.resources.map(({ pendingDelete }) => pendingDelete)).toEqual([true, false]);
    const next = await world.engine.up([thing("a", { fixed: "2" })]);
    expect(next.changes.map(({ operation }) => operation)).toEqual(["delete-replaced"]);
    expect(world.objects()).toHaveLength(1);
  });

  test("reported with log.error fails the update without a delete", async () => {
    const world = new World();
    await world.engine.up([thing("old", {})]);
    const failed = await failureOf(world.engine.up(() => pulumi.log.error("this is wrong")));
    expect(failed.message).toContain("this is wrong");
    expect(failed.deployed.logs).toContainEqual(
      expect.objectContaining({ severity: "error", message: "this is wrong", urn: "" }),
    );
    expect(resource(world, "old")).toBeDefined();
  });
});

describe("a killed provider", () => {
  const things = [thing("a", {}), thing("b", {}, ["a"])];

  test.each([
    ["before the second step", { beforeStep: 2 }, ["create a"]],
    ["after the second step, before its answer was saved", { afterStep: 2 }, ["create a", "create b"]],
    ["when it says that it begins", { onLog: /creating b/ }, ["create a", "create b"]],
  ])("%s leaves the state as it was saved", async (_when, kill, effects) => {
    const slow = [thing("a", {}), thing("b", { delayMilliseconds: "onLog" in kill ? 5_000 : 0 }, ["a"])];
    const world = new World({ keepProvider: false });
    const engine = world.engine;
    await failureOf(engine.up(slow, { kill }));
    expect(world.effects()).toEqual(effects);
    expect(engine.snapshot.resources.map(({ name }) => name)).toEqual(["a"]);
    await engine.up(things);
    expect(engine.snapshot.resources.map(({ name }) => name)).toEqual(["a", "b"]);
  });
});

describe("secrets", () => {
  test("reach the provider in clear and are marked again by name", async () => {
    const world = new World();
    await world.engine.up(() => {
      new Thing("a", {
        value: pulumi.secret("abc123"),
        hidden: { list: [pulumi.secret("def456") as never] },
      });
    });
    expect(world.calls().find(({ method }) => method === "create")?.inputs).toMatchObject({
      value: "abc123",
    });
    const state = resource(world, "a");
    expect(state === undefined ? [] : secretPathsOf(state)).toEqual([
      "inputs.hidden.list",
      "inputs.value",
      "outputs.hidden.list",
      "outputs.value",
    ]);
    const visible = visibleText(world.engine.snapshot);
    expect(visible).not.toContain("def456");
    // An output under another name is in clear, unless additionalSecretOutputs names it.
    expect(visible).toContain("made from abc123");
    await world.engine.up(() => {
      new Thing("a", { value: pulumi.secret("changed7") }, { additionalSecretOutputs: ["madeFrom"] });
    });
    expect(visibleText(world.engine.snapshot)).not.toContain("changed7");
  });
});
