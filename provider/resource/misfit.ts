import { z } from "zod";
import { mistake, type Finding } from "./finding";
import { nearest } from "./nearest";

/** What a schema may say of itself for messages, through `.meta({...})`. */
interface Hints {
  /** "seconds": put behind a range. */
  readonly unit?: string;
  /** Replaces the whole description of what would be right. */
  readonly expected?: string;
}

/** Says of a value that it is known and why it is refused, where a general sentence would not do. */
export type Refusal = (value: unknown, path: string) => Finding | undefined;

/** Schemas that know better than "is not one of" why a value is refused. */
const refusals = new WeakMap<object, Refusal>();

export function withRefusal<Schema extends z.core.$ZodType>(schema: Schema, refusal: Refusal): Schema {
  refusals.set(schema, refusal);
  return schema;
}

export function missing(schema: z.core.$ZodType, path: string): Finding {
  return mistake(path, "INPUT_MISSING", { expected: expectedBy(schema) });
}

/** A value that the schema refuses. The value itself is not told: it may be secret. */
export function misfit(schema: z.core.$ZodType, value: unknown, path: string): Finding {
  const refused = refusals.get(schema)?.(value, path);
  if (refused !== undefined) return refused;
  const description = jsonSchemaOf(schema);
  const expected = expectedBy(schema);
  const types = new Set([description.type, ...(description.anyOf ?? []).map((option) => option.type)]);
  const rightType = types.has(typeOf(value)) || (types.has("number") && typeOf(value) === "integer");
  return rightType
    ? mistake(path, "INPUT_VALUE", { expected })
    : mistake(path, "INPUT_TYPE", { actual: NAMES[typeOf(value)], expected });
}

/** Properties that an object does not have, but of which more is to be said than that. */
const refusedNames = new WeakMap<object, Readonly<Record<string, (path: string) => Finding>>>();

export function withRefusedNames<Schema extends z.core.$ZodType>(
  schema: Schema,
  names: Readonly<Record<string, (path: string) => Finding>>,
): Schema {
  refusedNames.set(schema, names);
  return schema;
}

export function unknownProperty(schema: z.core.$ZodObject, path: string, name: string): Finding {
  const refused = new Map(Object.entries(refusedNames.get(schema) ?? {})).get(name);
  if (refused !== undefined) return refused(path);
  const known = Object.keys(schema._zod.def.shape);
  const visible = known.filter((candidate) => !candidate.startsWith("__"));
  const close = nearest(name, visible);
  return close === undefined
    ? mistake(path, "INPUT_UNKNOWN", { known: visible.join(", ") })
    : mistake(path, "INPUT_MISSPELT", { nearest: close });
}

interface JsonSchema extends Hints {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** What would be right, for a person: "a whole number from 1 to 900 seconds". */
export function expectedBy(schema: z.core.$ZodType): string {
  return describe(jsonSchemaOf(schema));
}

function jsonSchemaOf(schema: z.core.$ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

function describe(schema: JsonSchema): string {
  if (schema.expected !== undefined) return schema.expected;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(", ")}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(describe).join(" or ");
  return DESCRIBERS[schema.type ?? "object"]?.(schema) ?? "an object";
}

const DESCRIBERS: Readonly<Record<string, ((schema: JsonSchema) => string) | undefined>> = {
  integer: describeNumber,
  number: describeNumber,
  boolean: () => "true or false",
  string: describeText,
  array: describeArray,
};

function describeNumber({ type, minimum, maximum, unit }: JsonSchema): string {
  const range = minimum === undefined || maximum === undefined ? "" : ` from ${minimum} to ${maximum}`;
  return `a ${type === "integer" ? "whole " : ""}number${range}${unit === undefined ? "" : ` ${unit}`}`;
}

function describeText({ format, minLength, maxLength }: JsonSchema): string {
  if (format === "ipv4") return "an IPv4 address";
  if (format === "ipv6") return "an IPv6 address";
  if (minLength === undefined && maxLength === undefined) return "text";
  if (maxLength === undefined) return "text that is not empty";
  return `text of ${minLength ?? 0} to ${maxLength} characters`;
}

function describeArray({ minItems = 0, maxItems }: JsonSchema): string {
  if (maxItems === undefined) return minItems === 0 ? "a list" : `a list of at least ${minItems}`;
  if (maxItems === 0) return "an empty list";
  return minItems === maxItems ? `a list of exactly ${maxItems}` : `a list of ${minItems} to ${maxItems}`;
}

type JsonType = "string" | "integer" | "number" | "boolean" | "array" | "object" | "null";

const NAMES: Readonly<Record<JsonType, string>> = {
  string: "text",
  integer: "a number",
  number: "a number",
  boolean: "a truth value",
  array: "a list",
  object: "an object",
  null: "null",
};

function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "string" || typeof value === "boolean") return typeof value as "string" | "boolean";
  return "object";
}
