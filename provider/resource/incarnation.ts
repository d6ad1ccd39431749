import { randomBytes } from "node:crypto";

/** A fresh random text at every create, so that the delete half of a replacement finds "already gone". */
export function freshIncarnation(): string {
  return randomBytes(12).toString("hex");
}
