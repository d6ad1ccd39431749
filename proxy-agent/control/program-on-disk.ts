import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { errnoOf } from "../process/errno";
import { lookAt } from "./store/look";

/**
 * Whether the bundle on the disk is still the one that runs: what dies is started again from the file. Only a file
 * in a folder named by its content is looked at; any other one belongs to somebody who builds it.
 */
export class ProgramOnDisk {
  #looked: { readonly stamp: string; readonly flaw: string | undefined } | undefined;

  constructor(
    readonly file: string,
    readonly sha256: string,
  ) {}

  /** What is wrong with it, as a sentence; undefined: nothing. */
  flaw(): string | undefined {
    if (!this.sha256.startsWith(basename(dirname(this.file)))) return undefined;
    try {
      const look = lookAt(this.file);
      if (look === undefined) return "it is gone";
      if (this.#looked?.stamp !== look.stamp) {
        const isSame = look.isFile && sha256Of(this.file) === this.sha256;
        this.#looked = { stamp: look.stamp, flaw: isSame ? undefined : "it was edited or replaced" };
      }
      return this.#looked.flaw;
    } catch (error) {
      return `it cannot be read: ${errnoOf(error)}`;
    }
  }
}

function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
