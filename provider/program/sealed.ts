import * as pulumi from "@pulumi/pulumi";
import { changeAt, withoutAt, type Through } from "../resource/paths";

const throughOutputs: Through = (value, change) =>
  pulumi.Output.isInstance(value) || value instanceof Promise
    ? pulumi.output(value).apply((known: unknown) => pulumi.output(change(known)))
    : change(value);

/** Arguments with something else at these paths, where outputs may stand at any depth. See changeAt. */
export function changeInput<Value>(
  value: Value,
  paths: readonly string[],
  change: (leaf: unknown) => unknown,
): Value {
  return changeAt(value, paths, (leaf) => throughOutputs(leaf, change), throughOutputs) as Value;
}

/** The same arguments with secrets at these paths, whether the program gave them as secrets or not. */
export function sealed<Value>(value: Value, paths: readonly string[]): Value {
  return changeAt(value, paths, (leaf) => pulumi.secret(leaf), throughOutputs) as Value;
}

/** The same arguments without what stands at these paths. */
export function without<Value>(value: Value, paths: readonly string[]): Value {
  return withoutAt(value, paths, throughOutputs) as Value;
}
