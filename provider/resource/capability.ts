import type { z } from "zod";
import { mistake } from "./finding";
import { expectedBy, withRefusal } from "./misfit";

/** The only data plane of this version, in whose name everything that it lacks is refused. */
const DATA_PLANE = "builtin";

/** A property of the cloud's of which the data plane holds only a part; anything else is refused, never ignored. */
export function capability<Schema extends z.core.$ZodType>(schema: Schema, what: string): Schema {
  return withRefusal(schema, (value, path) =>
    value === null || typeof value === "object"
      ? undefined
      : mistake(path, "CAPABILITY_MISSING", { dataPlane: DATA_PLANE, what, expected: expectedBy(schema) }),
  );
}
