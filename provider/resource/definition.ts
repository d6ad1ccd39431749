import type { DeclaredObject, ObjectKind, ObservedAnswer } from "tls-offload-agent/contract";
import type { z } from "zod";
import type { HiddenInput } from "./hidden-input";

/** A mistake or a piece of advice about one property. The value itself is never in it. */
export interface Finding {
  /** "servers[1].port"; "" for the resource as a whole. */
  readonly path: string;
  /** A whole message from the registry of errors. */
  readonly message: string;
}

/** Inputs of which some leaves may still be unknown in a preview. See unknowns.ts. */
export type Unchecked = Readonly<Record<string, unknown>>;

/**
 * What check and diff need to know of a resource: pure, without network, total over unknowns at any depth.
 * The same for every resource; see certificate/declaration.ts for one.
 */
export interface Declaration {
  /** "Certificate": the type is pulumi-nodejs:dynamic/offload:Certificate. */
  readonly type: string;
  /** Strict; fills in defaults; no rule that spans properties. */
  readonly schema: z.ZodObject;
  /** Rules that span properties, on inputs that passed the schema; skips what is unknown. */
  readonly mistakes: (inputs: Unchecked) => readonly Finding[];
  /** Said as a warning; nothing is refused. */
  readonly advice: (inputs: Unchecked) => readonly Finding[];
  /** What check adds to the inputs (a hash of a key, say). */
  readonly derive: (inputs: Unchecked) => Unchecked;
  /** Properties whose change makes another object of it. */
  readonly replaceOn: readonly string[];
  /** Arrays whose order means nothing, by path: "servers", "certificateIds". */
  readonly orderless: readonly string[];
  /** Never in outputs, state or messages. */
  readonly secrets: readonly string[];
}

/** What the fleet says after a change or in a refresh: host name -> observation; null: not reached. */
export type Seen = Readonly<Record<string, ObservedAnswer | null>>;

/**
 * What create, read, update and delete need to know of a resource that is one object in the hosts' documents.
 * See certificate/operation.ts for one.
 */
export interface ObjectOperation<Inputs extends object, Kind extends ObjectKind> {
  readonly kind: Kind;
  readonly idOf: (inputs: Inputs, hidden: HiddenInput) => string;
  /** Pure: the object that the hosts shall have. */
  readonly objectOf: (
    inputs: Inputs,
    hidden: HiddenInput,
  ) => Omit<Extract<DeclaredObject, { kind: Kind }>, "id" | "owner" | "incarnation">;
  /** The private key to send, read at the time of the change; null for all but certificates. */
  readonly keyOf?: (inputs: Inputs) => Promise<string>;
  /** Outputs beyond the inputs. No name of an input with another shape. */
  readonly outputsOf: (inputs: Inputs, hidden: HiddenInput, seen: Seen) => Record<string, unknown>;
  /** For read: the inputs that would declare this object, so that drift shows as a difference of inputs. */
  readonly inputsOf: (spec: Extract<DeclaredObject, { kind: Kind }>["spec"], old: Inputs) => Inputs;
}
