import { z } from "zod";
import { misfit, missing, unknownProperty } from "./misfit";
import type { Finding } from "./finding";
import { isUnknown, UNKNOWN } from "./unknowns";

/**
 * A value with defaults filled in, and everything that is wrong with it. What is wrong stands in the value as
 * unknown, so that rules that span properties can go on with the rest.
 */
export interface Parsed {
  readonly value: unknown;
  readonly mistakes: readonly Finding[];
}

/**
 * Parses as the schema does, with three differences: an unknown passes anywhere, every mistake is found and not
 * the first alone, and no message holds a value.
 */
export function parseTolerant(schema: z.core.$ZodType, value: unknown, path = ""): Parsed {
  if (isUnknown(value)) return { value, mistakes: [] };
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  if (def.type === "optional" && value === undefined) return { value, mistakes: [] };
  if (def.type === "nullable" && value === null) return { value, mistakes: [] };
  if (def.type === "default" && value === undefined) return { value: def.defaultValue, mistakes: [] };
  if (def.type === "prefault")
    return parseTolerant(def.innerType, value === undefined ? def.defaultValue : value, path);
  if (def.type === "optional" || def.type === "nullable" || def.type === "default")
    return parseTolerant(def.innerType, value, path);
  if (def.type === "object" && isPlainObject(value))
    return parseObject(schema as z.core.$ZodObject, value, path);
  if (def.type === "record" && isPlainObject(value)) return parseRecord(def, value, path);
  if (def.type === "array" && Array.isArray(value))
    return parseArray(schema as z.core.$ZodArray, value, path);
  return parseLeaf(schema, value, path);
}

function parseObject(
  schema: z.core.$ZodObject,
  value: Readonly<Record<string, unknown>>,
  path: string,
): Parsed {
  const mistakes: Finding[] = [];
  const parsed: Record<string, unknown> = {};
  const { shape, catchall } = schema._zod.def;
  const isStrict = catchall?._zod.def.type === "never";
  for (const [name, property] of Object.entries(shape)) {
    const result = parseTolerant(property, value[name], join(path, name));
    mistakes.push(...result.mistakes);
    if (result.value !== undefined) parsed[name] = result.value;
  }
  for (const name of isStrict ? Object.keys(value) : []) {
    if (Object.hasOwn(shape, name) || value[name] === undefined) continue;
    mistakes.push(unknownProperty(schema, join(path, name), name));
  }
  return { value: parsed, mistakes };
}

function parseRecord(
  def: z.core.$ZodRecordDef,
  value: Readonly<Record<string, unknown>>,
  path: string,
): Parsed {
  const mistakes: Finding[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    mistakes.push(...parseLeaf(def.keyType, name, join(path, name)).mistakes);
    const result = parseTolerant(def.valueType, entry, join(path, name));
    mistakes.push(...result.mistakes);
    parsed[name] = result.value;
  }
  return { value: parsed, mistakes };
}

function parseArray(schema: z.core.$ZodArray, value: readonly unknown[], path: string): Parsed {
  const { def } = schema._zod;
  const entries = value.map((entry, index) => parseTolerant(def.element, entry, `${path}[${index}]`));
  const found = entries.flatMap((entry) => entry.mistakes);
  const length = z.core.safeParse(z.core.clone(schema, { ...def, element: z.unknown() }), value);
  return {
    value: entries.map((entry) => entry.value),
    mistakes: length.success ? found : [...found, misfit(schema, value, path)],
  };
}

function parseLeaf(schema: z.core.$ZodType, value: unknown, path: string): Parsed {
  const result = z.core.safeParse(schema, value);
  if (result.success) return { value: result.data, mistakes: [] };
  return {
    value: UNKNOWN,
    mistakes: [value === undefined ? missing(schema, path) : misfit(schema, value, path)],
  };
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
