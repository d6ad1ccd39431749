import type { Document } from "../../contract/document";
import type { ObjectKind, StoredObject, StoredObjectOf } from "../../contract/object";

/** All objects of a kind, in the order of their ids. */
export function objectsOf<Kind extends ObjectKind>(document: Document, kind: Kind): StoredObjectOf<Kind>[] {
  return Object.values(document.objects)
    .filter((object): object is StoredObject & StoredObjectOf<Kind> => object.kind === kind)
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

export function objectOf<Kind extends ObjectKind>(
  document: Document,
  kind: Kind,
  id: string,
): StoredObjectOf<Kind> | undefined {
  const object = document.objects[id];
  return object?.kind === kind ? (object as StoredObject & StoredObjectOf<Kind>) : undefined;
}
