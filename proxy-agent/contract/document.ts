import { z } from "zod";
import { declaredObject, type StoredObject } from "./object";
import { tolerant } from "./tolerant";

/** The version of the document and of the API's shapes. Agents speak this one and the one before. */
export const CONTRACT_VERSION = 1;

/**
 * All that a host was told to serve. One file, one generation number, replaced as a whole. Private keys are in
 * files of their own beside it, named by their public key's SHA-256.
 */
export interface Document {
  readonly contract: number;
  /** Counts up by one with each change; a revert restores the file of the generation before, byte for byte. */
  readonly generation: number;
  /**
   * The change that made it. Generations are used again after a revert; this is how a provider that lost the answer
   * to its confirmation tells its own change from another one's. Missing: nothing was ever changed.
   */
  readonly changeId?: string | undefined;
  readonly objects: Readonly<Record<string, StoredObject>>;
}

const revision = z.object({ revision: z.int().min(1) });

/** The agent's own file: an object with something unknown in it might be served as less than it says. */
export const documentSchema = z.object({
  contract: z.int(),
  generation: z.int().min(0),
  changeId: z.string().optional(),
  objects: z.record(z.string(), z.intersection(declaredObject, revision)),
});

const answeredObject = z.intersection(tolerant(declaredObject), revision);

/** As the provider reads it. An object of a kind, or with a value, that only a newer provider knows is left out. */
const answeredDocument = documentSchema.extend({
  objects: z.record(z.string(), z.unknown()).transform((objects): Document["objects"] => {
    const understood = Object.entries(objects).map(([id, raw]) => [id, answeredObject.safeParse(raw).data]);
    return Object.fromEntries(understood.filter(([, object]) => object !== undefined)) as Document["objects"];
  }),
});

export const EMPTY_DOCUMENT: Document = { contract: CONTRACT_VERSION, generation: 0, objects: {} };

/** What GET /v1/document answers: the confirmed document, and the pending one while a change waits to be confirmed. */
export const documentAnswer = z.object({
  confirmed: answeredDocument,
  pending: z
    .object({ changeId: z.string(), holder: z.string(), secondsLeft: z.number(), document: answeredDocument })
    .nullable(),
});
export type DocumentAnswer = z.infer<typeof documentAnswer>;
