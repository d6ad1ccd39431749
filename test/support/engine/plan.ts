import { isDeepStrictEqual } from "node:util";
import type { Goal } from "./deployment";
import type { ProviderProcess } from "./provider-process";
import type { ResourceState } from "./state";
import type { Operation } from "./step";
import { plain, plainProperties, remarkSecrets, type Properties } from "./values";

export interface Decision {
  readonly operation: Extract<Operation, "same" | "create" | "update" | "create-replacement">;
  /** As the provider's check returned them, with the secrets marked again. */
  readonly inputs: Properties;
  readonly replaces: readonly string[];
}

/** check(old inputs, new inputs), then diff(old OUTPUTS, new inputs), then what follows from them. */
export async function plan(
  provider: ProviderProcess,
  goal: Goal,
  old: ResourceState | undefined,
  replaceAsked: boolean,
): Promise<Decision> {
  const inputs = await checked(provider, goal, old?.inputs ?? {});
  if (old === undefined) return { operation: "create", inputs, replaces: [] };
  const diff = replaceAsked
    ? { changes: "some" as const, replaces: ["--replace"] }
    : await provider.diff(goal.urn, old.id, old.outputs, old.inputs, inputs);
  if (diff.changes !== "none" && diff.replaces.length > 0) {
    // The engine asks anew, without old inputs: defaults are not carried over to a replacement.
    const fresh = await checked(provider, goal, {});
    return { operation: "create-replacement", inputs: fresh, replaces: diff.replaces };
  }
  const changed =
    diff.changes === "some" ||
    (diff.changes === "unknown" && !isDeepStrictEqual(plainProperties(old.inputs), plainProperties(inputs)));
  const operation = changed || old.initErrors.length > 0 ? "update" : "same";
  return { operation, inputs, replaces: [] };
}

async function checked(provider: ProviderProcess, goal: Goal, olds: Properties): Promise<Properties> {
  const { inputs, failures } = await provider.check(goal.urn, olds, goal.inputs);
  if (failures.length > 0) {
    throw new Error(failures.map((failure) => failureText(goal, failure)).join("\n"));
  }
  return remarkSecrets(inputs, goal.inputs);
}

/** As the engine words it, value of a top-level property included: a leak here is a leak there. */
function failureText(goal: Goal, failure: { property: string; reason: string }): string {
  const subject = `${goal.urn}: ${goal.type} resource '${goal.name}'`;
  if (failure.property === "") return `${subject} has a problem: ${failure.reason}`;
  const value = JSON.stringify(plain(goal.inputs[failure.property] ?? null));
  return `${subject}: property ${failure.property} value {${value}} has a problem: ${failure.reason}`;
}
