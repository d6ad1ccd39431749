import { readFileSync } from "node:fs";
import { z } from "zod";
import { documentSchema, EMPTY_DOCUMENT, type Document } from "../../contract/document";
import { OffloadError } from "../../contract/errors";
import type { StoredObject } from "../../contract/object";
import { errnoOf } from "../../process/errno";
import type { ObjectProblem } from "../problem";

export interface LoadedDocument {
  readonly document: Document;
  /** Objects that this agent does not understand; they are left out alone. */
  readonly problems: readonly ObjectProblem[];
}

const outline = documentSchema.extend({ objects: z.record(z.string(), z.unknown()) });

/** Reads a document; a missing file is the empty one. Throws STATE_UNREADABLE when the file as a whole is damaged. */
export function parseDocument(file: string): LoadedDocument {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      return { document: EMPTY_DOCUMENT, problems: [] };
    }
    throw unreadable(file, errnoOf(error));
  }
  const parsed = outline.safeParse(parseJson(file, text));
  if (!parsed.success) {
    throw unreadable(file, parsed.error.issues[0]?.message ?? "not a document");
  }
  const objects: Record<string, StoredObject> = {};
  const problems: ObjectProblem[] = [];
  for (const [id, raw] of Object.entries(parsed.data.objects)) {
    const object = documentSchema.shape.objects.valueType.safeParse(raw);
    if (object.success) {
      objects[id] = object.data;
    } else {
      const detail = object.error.issues[0]?.message ?? "not an object of this contract";
      problems.push({ objectId: id, code: "STATE_UNREADABLE", parameters: { file, detail } });
    }
  }
  return { document: { ...parsed.data, objects }, problems };
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable(file, "it is not JSON");
  }
}

function unreadable(file: string, detail: string): OffloadError {
  return new OffloadError("STATE_UNREADABLE", "", { file, detail });
}
