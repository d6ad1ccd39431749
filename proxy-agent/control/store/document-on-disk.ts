import type { Document } from "../../contract/document";
import { LIMITS } from "../../contract/limits";
import { errnoOf } from "../../process/errno";
import { objectsOf } from "../configuration/objects";
import type { ObjectProblem } from "../problem";
import { canonicalJson, sameJson } from "./canonical";
import { lookAt, readBounded } from "./look";

/** Room for a file that was only formatted in another way. */
const SPARE_BYTES = 1024 * 1024;

/** Whether the file still says what is in force. It is read again only after it or the document changed. */
export class DocumentOnDisk {
  #looked: { stamp: string; document: Document; problems: readonly ObjectProblem[] } | undefined;

  constructor(readonly file: string) {}

  /** `except`: objects of which it is known that they differ. */
  problems(document: Document, except: ReadonlySet<string>): readonly ObjectProblem[] {
    let stamp: string;
    try {
      const look = lookAt(this.file);
      // Before the first change there is none.
      if (look === undefined) return document.generation === 0 ? [] : [this.#edited(document, "it is gone")];
      stamp = look.stamp;
      if (this.#looked?.stamp !== stamp || this.#looked.document !== document) {
        const text = readBounded(this.file, look, 2 * canonicalJson(document).length + SPARE_BYTES);
        this.#looked = { stamp, document, problems: this.#compare(document, text) };
      }
      return this.#looked.problems.filter(({ objectId }) => !except.has(objectId));
    } catch (error) {
      return [this.#edited(document, `it cannot be looked at: ${errnoOf(error)}`)];
    }
  }

  #compare(document: Document, text: string | Error): ObjectProblem[] {
    if (text instanceof Error) return [this.#edited(document, text.message)];
    if (text === canonicalJson(document)) return [];
    const found = parseObject(text);
    const objects = found?.["objects"];
    if (found === undefined || !isObject(objects)) {
      return [this.#edited(document, "it is not a document any more")];
    }
    const problems = differingIds(document.objects, objects).map((id) => {
      const mine = document.objects[id];
      if (mine === undefined) return this.#edited(document, `it has ${id}, which is not served`, id);
      const path = firstDifference(mine, objects[id]);
      const detail = objects[id] === undefined ? `${id} is not in it` : `${id} has another ${path}`;
      return this.#edited(document, detail, id);
    });
    const outline = { ...found, objects: null };
    if (!sameJson(outline, { ...document, objects: null })) {
      const path = firstDifference({ ...document, objects: null }, outline);
      problems.unshift(this.#edited(document, `it has another ${path}`));
    }
    const more = problems.length - LIMITS.editedObjectsReported;
    return more <= 0
      ? problems
      : [
          ...problems.slice(0, LIMITS.editedObjectsReported),
          this.#edited(document, `${more} more objects differ`),
        ];
  }

  /** About one object, or, where that is not clear, about the load balancer. */
  #edited(document: Document, detail: string, id?: string): ObjectProblem {
    const owned = id !== undefined && document.objects[id] !== undefined ? id : undefined;
    const objectId = owned ?? objectsOf(document, "loadBalancer")[0]?.id ?? "state";
    return { objectId, code: "STATE_EDITED", parameters: { file: this.file, detail } };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function differingIds(left: Fields, right: Fields): string[] {
  const ids = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...ids].filter((id) => !sameJson(left[id] ?? null, right[id] ?? null)).sort();
}

/** Where two values differ first: "spec.servers.0.weight". Never what they are. */
function firstDifference(left: unknown, right: unknown): string {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return "";
  const [name = ""] = differingIds(left as Fields, right as Fields);
  const rest = firstDifference((left as Fields)[name], (right as Fields)[name]);
  return rest === "" ? name : `${name}.${rest}`;
}
