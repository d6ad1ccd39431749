import type { Deployment, Registered } from "./deployment";
import { UNKNOWN, type Properties, type Value } from "./values";

/** A resource without a program: what property tests with thousands of operations declare. */
export interface Declaration {
  readonly name: string;
  /** The whole type token, "pulumi-nodejs:dynamic/offload:Certificate". */
  readonly type: string;
  /** Complete with `__provider`; `get` answers an earlier resource's output ("id" too), unknown in a preview. */
  readonly inputs: Properties | ((get: (name: string, output: string) => Value) => Properties);
  /** Names of earlier declarations. */
  readonly dependencies?: readonly string[];
}

/** Registers the list in its order; only what does not depend on each other runs in parallel. */
export async function declareAll(
  declarations: readonly Declaration[],
  deployment: Deployment,
  urnOf: (type: string, name: string) => string,
  isPreview: boolean,
): Promise<void> {
  const registered = new Map<string, Promise<Registered>>();
  for (const declaration of declarations) {
    registered.set(declaration.name, declare(declaration, registered));
  }
  await Promise.all(registered.values());

  async function declare(
    { name, type, inputs, dependencies = [] }: Declaration,
    earlier: ReadonlyMap<string, Promise<Registered>>,
  ): Promise<Registered> {
    const known = new Map(
      await Promise.all(dependencies.map(async (other) => [other, await settled(earlier, other)] as const)),
    );
    const get = (other: string, output: string): Value => {
      const found = known.get(other);
      if (found === undefined) throw new Error(`${name} does not declare that it depends on ${other}`);
      const value = output === "id" ? found.id : found.outputs[output];
      return value === undefined || value === "" ? (isPreview ? UNKNOWN : null) : value;
    };
    return deployment.register({
      urn: urnOf(type, name),
      type,
      name,
      parent: "",
      custom: true,
      inputs: typeof inputs === "function" ? inputs(get) : inputs,
      dependencies: [...known.values()].map(({ urn }) => urn),
      aliasUrns: [],
      additionalSecretOutputs: [],
    });
  }
}

async function settled(earlier: ReadonlyMap<string, Promise<Registered>>, name: string): Promise<Registered> {
  const found = earlier.get(name);
  if (found === undefined) throw new Error(`${name} is not declared before it is used`);
  return found;
}
