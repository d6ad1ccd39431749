import { isPlainObject } from "./parse";

/** Hands a value on, whatever it is wrapped in. The program's half wraps and unwraps outputs here. */
export type Through = (value: unknown, change: (known: unknown) => unknown) => unknown;

const directly: Through = (value, change) => change(value);

/**
 * The same with something else at the paths that match; `*` is any name: "hosts.*.connection.password". undefined
 * takes the property away. Where a path leads nowhere, nothing changes.
 */
export function changeAt(
  value: unknown,
  patterns: readonly string[],
  change: (leaf: unknown) => unknown,
  through: Through = directly,
): unknown {
  return patterns.reduce(
    (changed, pattern) => changeOne(changed, pattern.split("."), change, through),
    value,
  );
}

/** Without what stands at the paths that match. */
export function withoutAt(value: unknown, patterns: readonly string[], through?: Through): unknown {
  return changeAt(value, patterns, () => undefined, through);
}

function changeOne(
  value: unknown,
  [name, ...rest]: readonly string[],
  change: (leaf: unknown) => unknown,
  through: Through,
): unknown {
  if (value === undefined || name === undefined) return value === undefined ? undefined : change(value);
  return through(value, (known) => {
    if (!isPlainObject(known)) return known;
    const changed = Object.entries(known).flatMap(([key, inner]) => {
      if (name !== "*" && name !== key) return [[key, inner] as const];
      const next = changeOne(inner, rest, change, through);
      return next === undefined ? [] : [[key, next] as const];
    });
    return Object.fromEntries(changed);
  });
}
