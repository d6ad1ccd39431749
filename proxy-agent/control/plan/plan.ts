import type { ChangeRequest, Delete, Put } from "../../contract/change";
import type { Document } from "../../contract/document";
import { OffloadError } from "../../contract/errors";
import type { DeclaredObject, StoredObject } from "../../contract/object";
import { sameJson } from "../store/canonical";
import { affectedListenerIds } from "./affected";
import { checkLimits } from "./limits";
import { checkReferences } from "./references";

/** One object before and after a change. */
export interface Touched {
  readonly objectId: string;
  readonly action: "add" | "change" | "remove";
  readonly before: StoredObject | undefined;
  readonly after: StoredObject | undefined;
}

export interface Plan {
  /** The document that the change leads to; the very same one when nothing changes. */
  readonly next: Document;
  readonly touched: readonly Touched[];
  readonly affectedListenerIds: readonly string[];
}

export type Wishes = Pick<ChangeRequest, "puts" | "deletes">;

/**
 * What a change means for a document. Throws HOST_CLAIMED, FOREIGN_OBJECT, REFERENCE_MISSING, OBJECT_IN_USE,
 * PORT_IN_USE, LIMIT_EXCEEDED and BAD_REQUEST. `hasKey`: whether a private key is on this host already.
 */
export function planChange(
  document: Document,
  wishes: Wishes,
  hasKey: (spkiSha256: string) => boolean,
): Plan {
  const objects: Record<string, StoredObject> = { ...document.objects };
  const touched = new Map<string, Touched>();
  for (const put of wishes.puts) {
    const { id } = put.object;
    if (touched.has(id)) {
      throw new OffloadError("BAD_REQUEST", "", { path: "puts", detail: `${id} is put twice` });
    }
    const before = document.objects[id];
    checkOwner(put, before);
    if (before === undefined || !sameObject(before, put.object) || bringsMissingKey(put, hasKey)) {
      const after: StoredObject = { ...put.object, revision: (before?.revision ?? 0) + 1 };
      objects[id] = after;
      touched.set(id, { objectId: id, action: before === undefined ? "add" : "change", before, after });
    }
  }
  for (const { id } of wishes.deletes.filter((wish) => isThere(wish, objects))) {
    const before = document.objects[id];
    Reflect.deleteProperty(objects, id);
    touched.set(id, { objectId: id, action: "remove", before, after: undefined });
  }
  if (touched.size === 0) {
    return { next: document, touched: [], affectedListenerIds: [] };
  }
  const next: Document = { ...document, generation: document.generation + 1, objects };
  checkReferences(next, [...touched.values()]);
  checkLimits(next);
  return {
    next,
    touched: [...touched.values()],
    affectedListenerIds: affectedListenerIds(document, next),
  };
}

function checkOwner({ object, adopt, previousOwner }: Put, before: StoredObject | undefined): void {
  if (before === undefined) {
    return;
  }
  if (before.kind !== object.kind) {
    const detail = `${object.id} is a ${before.kind}, not a ${object.kind}`;
    throw new OffloadError("BAD_REQUEST", "", { path: "puts", detail });
  }
  if (!adopt && before.owner !== object.owner && before.owner !== previousOwner) {
    throw new OffloadError("FOREIGN_OBJECT", "", {
      objectId: object.id,
      actualOwner: before.owner,
      owner: object.owner,
    });
  }
}

function sameObject(before: StoredObject, declared: DeclaredObject): boolean {
  return sameJson(before, { ...declared, revision: before.revision });
}

/** The document may be right while the key file was lost. */
function bringsMissingKey({ object, keyPem }: Put, hasKey: (spkiSha256: string) => boolean): boolean {
  return object.kind === "certificate" && keyPem !== null && !hasKey(object.spec.spkiSha256);
}

/** The delete half of a replacement names the incarnation before: then the object is already gone. */
function isThere({ id, incarnation }: Delete, objects: Readonly<Record<string, StoredObject>>): boolean {
  return objects[id]?.incarnation === incarnation;
}
