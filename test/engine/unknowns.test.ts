import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  EngineServer,
  plainProperties,
  ProviderProcess,
  UNKNOWN,
  type Properties,
  type ResourceState,
  type Value,
} from "../support/engine";
import { onCleanup } from "../support/workspace";
import { RESOURCES, Site, type ResourceName } from "./site";

const RUNS = process.env["TEST_LONG"] === undefined ? 60 : 1_000;

describe("a value that is not known before the update", () => {
  let provider: ProviderProcess;
  let resources: ReadonlyMap<string, ResourceState>;

  beforeAll(async () => {
    const site = await Site.start();
    await site.engine.up(site.program());
    resources = new Map(site.engine.snapshot.resources.map((resource) => [resource.name, resource]));
    const server = await EngineServer.start(() => undefined);
    const options = { project: "test-project", configuration: {}, cwd: process.cwd(), env: {} };
    provider = await ProviderProcess.start(server.address, options, () => undefined);
    onCleanup(async () => {
      await provider.stop();
      server.stop();
    });
  });

  it.each(Object.keys(RESOURCES) as ResourceName[])(
    "is never a mistake and never breaks a preview, anywhere in the inputs of %s",
    async (name) => {
      const { urn, id, inputs, outputs } = resourceOf(name);
      const known = plainProperties(inputs);
      const paths = pathsOf(known).filter(([top]) => top !== "__provider");
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.constantFrom(...paths), { minLength: 1, maxLength: 4 }),
          async (hidden) => {
            const news = hidden.reduce((value, path) => withUnknown(value, path) as Properties, known);
            for (const olds of [{}, inputs]) {
              const checked = await provider.check(urn, olds, news);
              expect(checked.failures).toEqual([]);
              await provider.diff(urn, id, outputs, inputs, checked.inputs);
            }
          },
        ),
        { numRuns: RUNS },
      );
    },
  );

  it("makes a preview say that something may change", async () => {
    const { urn, id, inputs, outputs } = resourceOf("listener");
    const news = { ...plainProperties(inputs), serverGroupId: UNKNOWN };
    const diff = await provider.diff(urn, id, outputs, inputs, news);
    expect(diff).toEqual({ changes: "some", replaces: [] });
  });

  function resourceOf(name: string): ResourceState {
    const found = resources.get(name);
    if (found === undefined) throw new Error(`no resource ${name}`);
    return found;
  }
});

/** Of every node below the root, not only of the leaves. */
function pathsOf(value: Value, path: readonly string[] = []): (readonly string[])[] {
  const children = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const below = children.flatMap(([key, child]) => pathsOf(child, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function withUnknown(value: Value, [key, ...rest]: readonly string[]): Value {
  if (key === undefined) return UNKNOWN;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === key ? withUnknown(item, rest) : item));
  }
  return { ...value, [key]: withUnknown(value[key] ?? null, rest) };
}
