import type { z } from "zod";
import type { Finding } from "./finding";

/** The version of the shape of the outputs. An older one in the state is a change, so that `up` renews it. */
export const SCHEMA_VERSION = 1;

/** Inputs of which some leaves may still be unknown in a preview. See unknowns.ts. */
export type Unchecked = Readonly<Record<string, unknown>>;

/** What a rule may look at besides the inputs. */
export interface RuleContext {
  /** The inputs of the last `up`; null: a new resource; undefined: not known (in the constructor). */
  readonly olds: Unchecked | null | undefined;
  readonly now: Date;
}

/**
 * What check and diff need to know of a resource: pure, without network, total over unknowns at any depth.
 * The same for every resource; see certificate/declaration.ts for one.
 */
export interface Declaration {
  /** "Certificate": the type is pulumi-nodejs:dynamic/offload:Certificate. */
  readonly type: string;
  /** Strict; fills in defaults; no rule that spans properties. */
  readonly schema: z.ZodObject;
  /** Rules that span properties. What is unknown, or was refused by the schema, is unknown here. */
  readonly rules: (inputs: Unchecked, context: RuleContext) => readonly Finding[];
  /** What check puts over the inputs (a hash of a key, a name in lower case). */
  readonly derive: (inputs: Unchecked) => Unchecked;
  /** Properties, by path, whose change makes another object of it. */
  readonly replaceOn: readonly string[];
  /** Arrays whose order means nothing, by path; `*` is any name: "servers", "hosts.*.addresses". */
  readonly orderless: readonly string[];
  /** Properties that diff does not compare, because a derived one stands for them. */
  readonly notCompared: readonly string[];
  /** By path: encrypted in inputs, and never in outputs or messages. Diff does not see them. */
  readonly secrets: readonly string[];
}
