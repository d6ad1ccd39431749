import { isPlainObject } from "./parse";
import { isUnknown } from "./unknowns";
import type { Unchecked } from "./definition";

/** A text, unless it is unknown (yet) or was refused. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** The elements of a list as far as they are known; an unknown list has none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The properties of an object as far as they are known; an unknown object has none. */
export function properties(value: unknown): Unchecked {
  return isPlainObject(value) ? value : {};
}
