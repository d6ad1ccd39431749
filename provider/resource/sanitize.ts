import { isPlainObject } from "./parse";

/**
 * What may cross the border to the engine: text, finite numbers, booleans, null, arrays and plain objects. The SDK's
 * server fails on anything else after the side effect happened, which would leave an object that no state knows.
 */
export function sanitize(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => {
      const clean = sanitizeValue(value);
      // The protocol's own objects lose a property of that name.
      return clean === undefined || name === "__proto__" ? [] : [[name, clean]];
    }),
  );
}

function sanitizeValue(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map((entry) => sanitizeValue(entry) ?? null);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Map) return sanitize(Object.fromEntries(value) as Record<string, unknown>);
  if (value instanceof Set) return sanitizeValue([...(value as Set<unknown>)]);
  return isPlainObject(value) ? sanitize(value) : undefined;
}
