import type { Document } from "../../contract/document";
import { OffloadError } from "../../contract/errors";
import { LIMITS } from "../../contract/limits";
import { dnsConfiguration } from "../configuration/dns";
import { objectsOf } from "../configuration/objects";

/** Throws LIMIT_EXCEEDED. Limits of one object are in its schema. */
export function checkLimits(document: Document): void {
  check("the number of objects", Object.keys(document.objects).length, LIMITS.objectsPerDocument);
  check("the number of listeners", objectsOf(document, "listener").length, LIMITS.listenersPerDocument);
  for (const { name, records } of dnsConfiguration(document).zones) {
    check(`the number of records in ${name}`, records.length, LIMITS.recordsPerZone);
  }
}

function check(what: string, actual: number, limit: number): void {
  if (actual > limit) {
    throw new OffloadError("LIMIT_EXCEEDED", "", { what, actual, limit });
  }
}
