import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { MiniEngine, type Snapshot } from "../../../support/engine";
import { Thing, World, thing } from "./world";

describe("later deployments", () => {
  test("refresh and destroy see the configuration of the last update", async () => {
    const world = new World({ keepProvider: false, configuration: { "test-project:word": "then" } });
    await world.engine.up([thing("a", {})]);
    world.engine.configuration = { "test-project:word": "now" };
    await world.engine.refresh();
    await world.engine.destroy();
    expect(
      world.calls().flatMap(({ method, word }) => (method === "read" || method === "delete" ? [word] : [])),
    ).toEqual(["then", "then"]);
  });

  test("delete runs the provider text that is in the outputs", async () => {
    const world = new World();
    await world.engine.up([thing("a", {})]);
    const [state] = world.engine.snapshot.resources;
    if (state === undefined) throw new Error("nothing was saved");
    const broken = { ...state, inputs: { ...state.inputs, __provider: "throw new Error('not this one')" } };
    world.engine.snapshot = { ...world.engine.snapshot, resources: [broken] };
    await world.engine.destroy();
    expect(world.objects()).toEqual([]);
  });

  test("refresh shows what was changed or removed behind Pulumi's back", async () => {
    const world = new World();
    const things = [thing("a", { value: "1" }), thing("b", {}), thing("c", {})];
    await world.engine.up(things);
    expect((await world.engine.refresh()).changes).toEqual([]);
    world.tamper("a", (properties) => ({ ...properties, value: "tampered" }));
    world.tamper("b", () => null);
    const preview = await world.engine.preview(things, { refresh: true });
    expect(preview.changes.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual([
      "create b",
      "delete b",
      "refresh a",
      "update a",
    ]);
    await world.engine.up(things, { refresh: true });
    expect((await world.engine.refresh()).changes).toEqual([]);
    expect((await world.engine.up(things)).changes).toEqual([]);
  });

  test("go on from a state that was written as JSON", async () => {
    const world = new World();
    const program = (): void => {
      new Thing("a", { value: pulumi.secret("x") });
    };
    await world.engine.up(program);
    const other = new MiniEngine({ env: { FIXTURE_WORLD: world.directory } });
    other.snapshot = JSON.parse(JSON.stringify(world.engine.snapshot)) as Snapshot;
    expect((await other.up(program)).changes).toEqual([]);
  });

  test("read a resource of others with get and leave it alone at destroy", async () => {
    const world = new World();
    await world.engine.up([thing("a", { value: "1" })]);
    const [made] = world.engine.snapshot.resources;
    const other = new World({ env: { FIXTURE_WORLD: world.directory } });
    const { stackOutputs } = await other.engine.up(() => {
      const found = new Thing("found", {}, { id: made?.id ?? "" });
      return { found: found.madeFrom };
    });
    expect(stackOutputs).toEqual({ found: "made from 1" });
    await other.engine.destroy();
    expect(world.objects()).toHaveLength(1);
  });

  test("a StackReference gets the outputs of the other stack", async () => {
    const world = new World({ otherStacks: { "organization/base/prod": { handle: { name: "web" } } } });
    const { stackOutputs } = await world.engine.up(() => {
      const base = new pulumi.StackReference("organization/base/prod");
      return { name: base.getOutput("handle").apply((handle: { name: string }) => handle.name) };
    });
    expect(stackOutputs).toEqual({ name: "web" });
  });
});
