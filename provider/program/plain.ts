import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../resource/unknowns";

/** The arguments as far as the constructor can see them: outputs and promises stand as unknown. */
export function plain(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  // A resource where an id is wanted is an object of the wrong type; its inside is of no interest.
  if (pulumi.Resource.isInstance(value)) return {};
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
