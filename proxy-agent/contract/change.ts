import { z } from "zod";
import { LIMITS } from "./limits";
import { declaredObject, objectId } from "./object";

/** Declares one object. */
export const putSchema = z.strictObject({
  object: declaredObject,
  /** Takes over an object of any other owner. */
  adopt: z.boolean(),
  /** An update may move ownership when the recorded owner is this one. */
  previousOwner: z.string().nullable(),
  /** A certificate's private key (PEM). null: the host has it already. Never logged, never answered. */
  keyPem: z.string().max(LIMITS.chainBytes).nullable(),
});
export type Put = z.infer<typeof putSchema>;

/** Removes one object; another incarnation, or nothing, at the id counts as already gone. */
export const deleteSchema = z.strictObject({ id: objectId, incarnation: z.string() });
export type Delete = z.infer<typeof deleteSchema>;

export const changeRequest = z.strictObject({
  /** Who asks, for the BUSY of others: "project/stack/type/name". */
  holder: z.string().min(1).max(1_024),
  /** Refused with GENERATION_CHANGED unless the confirmed document is at this generation; null: any. */
  expectedGeneration: z.int().min(0).nullable(),
  /** Plans, validates and provisions, tells the effects, changes nothing. */
  dryRun: z.boolean(),
  /** Reverted unless confirmed or renewed within this time (monotonic clock); null: confirmed at once. */
  confirmWithinSeconds: z.number().min(LIMITS.confirmSecondsMin).max(LIMITS.confirmSecondsMax).nullable(),
  /** How long to wait in the queue for a pending change before BUSY. */
  waitSeconds: z.number().min(0).max(LIMITS.changeWaitSeconds),
  puts: z.array(putSchema).max(LIMITS.objectsPerDocument),
  deletes: z.array(deleteSchema).max(LIMITS.objectsPerDocument),
});
export type ChangeRequest = z.infer<typeof changeRequest>;

/** What a change does to live connections, per object that it touches. */
export const effectSchema = z.object({
  objectId: z.string(),
  action: z.enum(["add", "change", "remove"]),
  /** Live connections that are not touched at all. */
  untouched: z.int(),
  /** Live connections that may go on until their drain timeout. */
  draining: z.int(),
  drainTimeoutSeconds: z.number().nullable(),
  /** One sentence for a person. */
  text: z.string(),
});
export type Effect = z.infer<typeof effectSchema>;

export const changeAnswer = z.object({
  /** unchanged: the document already says so (same owners, specs and incarnations); nothing was written. */
  state: z.enum(["unchanged", "planned", "pending", "confirmed"]),
  changeId: z.string().nullable(),
  generation: z.int(),
  /** Bound listeners that this change adds, changes or removes: those that must be verified. */
  affectedListenerIds: z.array(z.string()),
  effects: z.array(effectSchema),
});
export type ChangeAnswer = z.infer<typeof changeAnswer>;

export const renewRequest = z.strictObject({
  confirmWithinSeconds: z.number().min(LIMITS.confirmSecondsMin).max(LIMITS.confirmSecondsMax),
});

/** Confirm, revert and renew all answer the generation that is confirmed after them. */
export const settledAnswer = z.object({ generation: z.int() });
export type SettledAnswer = z.infer<typeof settledAnswer>;
