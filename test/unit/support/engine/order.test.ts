import { describe, expect, test } from "vitest";
import { UNKNOWN } from "../../../support/engine";
import { Thing, World, thing, type Call } from "./world";

const changes = ({ changes: steps }: { changes: readonly { operation: string; name: string }[] }): string[] =>
  steps.map(({ operation, name }) => `${operation} ${name}`);

const lastCheck = (world: World, label: string): Call | undefined =>
  world.calls().findLast((call) => call.method === "check" && call.label === label);

describe("the engine's order of things", () => {
  test("an unchanged program does nothing at the second update", async () => {
    const world = new World();
    const program = (): void => {
      const first = new Thing("first", { value: "1" });
      new Thing("second", { value: first.madeFrom });
    };
    expect(changes(await world.engine.up(program))).toEqual(["create first", "create second"]);
    expect(changes(await world.engine.up(program))).toEqual([]);
    expect(world.effects()).toEqual(["create first", "create second"]);
  });

  test("check gets the old inputs, diff the old outputs", async () => {
    const world = new World();
    await world.engine.up([thing("a", { value: "1" })]);
    world.forget();
    await world.engine.up([thing("a", { value: "2" })]);
    const [check, diff] = world.calls();
    expect(check?.olds).toEqual({ label: "a", value: "1", defaulted: "fresh" });
    expect(diff?.olds).toMatchObject({ madeFrom: "made from 1" });
    expect(world.effects()).toEqual(["update a"]);
  });

  test("a replacement is created before the old object goes, and both are there in between", async () => {
    const world = new World();
    await world.engine.up([thing("a", { fixed: "1" })]);
    world.forget();
    const replaced = await world.engine.up([thing("a", { fixed: "2" }), thing("b", {}, ["a"])]);
    expect(changes(replaced)).toEqual(["create-replacement a", "create b", "delete-replaced a"]);
    expect(world.effects()).toEqual(["create a", "create b", "delete a"]);
    expect(world.objects()).toHaveLength(2);
    // The engine asks again without the old inputs before it creates the replacement.
    expect(lastCheck(world, "a")).toBeDefined();
    expect(world.calls().filter(({ method, label }) => method === "check" && label === "a")).toHaveLength(2);
  });

  test("--replace replaces without a difference", async () => {
    const world = new World();
    await world.engine.up([thing("a", {})]);
    const replaced = await world.engine.up([thing("a", {})], { replace: ["a"] });
    expect(changes(replaced)).toEqual(["create-replacement a", "delete-replaced a"]);
  });

  test("what is no longer declared is deleted last, dependents first", async () => {
    const world = new World();
    await world.engine.up([thing("a", {}), thing("b", {}, ["a"]), thing("c", {}, ["b"])]);
    world.forget();
    await world.engine.up([thing("d", {})]);
    expect(world.effects()).toEqual(["create d", "delete c", "delete b", "delete a"]);
  });

  test("an alias keeps the object, a rename without one makes another", async () => {
    const world = new World();
    await world.engine.up(() => {
      new Thing("old", {});
    });
    const id = world.engine.snapshot.resources.find(({ name }) => name === "old")?.id;
    const aliased = await world.engine.up(() => {
      new Thing("new", {}, { aliases: [{ name: "old" }] });
    });
    expect(changes(aliased)).toEqual(["update new"]);
    expect(world.engine.snapshot.resources.find(({ name }) => name === "new")?.id).toBe(id);
    const renamed = await world.engine.up(() => {
      new Thing("newest", {});
    });
    expect(changes(renamed)).toEqual(["create newest", "delete new"]);
  });

  test("without an answer from diff the engine compares the inputs itself", async () => {
    const world = new World();
    await world.engine.up([thing("a", { undecided: true, value: "1" })]);
    expect(changes(await world.engine.up([thing("a", { undecided: true, value: "1" })]))).toEqual([]);
    expect(changes(await world.engine.up([thing("a", { undecided: true, value: "2" })]))).toEqual([
      "update a",
    ]);
  });

  test("independent steps run at the same time, never more than `parallel`", async () => {
    const world = new World();
    const things = ["a", "b", "c", "d"].map((name) => thing(name, { delayMilliseconds: 100 }));
    const overlap = (): number => {
      let [now, most] = [0, 0];
      for (const { method } of world.calls()) {
        now += method === "create" ? 1 : method === "created" ? -1 : 0;
        most = Math.max(most, now);
      }
      return most;
    };
    await world.engine.up(things, { parallel: 2 });
    expect(overlap()).toBe(2);
  });
});

describe("a preview", () => {
  test("changes nothing and sends unknowns for what an update would make", async () => {
    const world = new World();
    const program = (): void => {
      const first = new Thing("first", { value: "1" });
      new Thing("second", { value: first.madeFrom, hidden: { deep: [first.id] as never } });
      new Thing("third", { value: first.value });
    };
    const preview = await world.engine.preview(program);
    expect(changes(preview).sort()).toEqual(["create first", "create second", "create third"]);
    expect(world.effects()).toEqual([]);
    expect(world.engine.snapshot.resources).toEqual([]);
    expect(lastCheck(world, "second")?.news).toMatchObject({ value: UNKNOWN, hidden: { deep: [UNKNOWN] } });
    // An output with the name of an input looks known.
    expect(lastCheck(world, "third")?.news).toMatchObject({ value: "1" });
  });

  test("knows the outputs of what stays as it is", async () => {
    const world = new World();
    await world.engine.up(() => {
      new Thing("first", { value: "1" });
    });
    await world.engine.preview(() => {
      const first = new Thing("first", { value: "1" });
      new Thing("second", { value: first.madeFrom });
    });
    expect(lastCheck(world, "second")?.news).toMatchObject({ value: "made from 1" });
  });
});
