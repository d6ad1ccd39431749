import { hkdfSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { errnoOf } from "../../process/errno";
import { atomicWrite } from "./atomic-write";
import { exposureOf, lookAt, removeUnlessFile } from "./look";

const SECRET_BYTES = 32;
const KEY_BYTES = 48;

/** The secret from which each listener's session-ticket key is derived. */
export class TicketSecret {
  readonly #secret: Buffer;
  #looked: { readonly stamp: string; readonly flaw: string | undefined } | undefined;

  /** Whatever is wrong with the file costs no more than the sessions: clients make a full handshake. */
  constructor(readonly file: string) {
    this.#secret = readSecret(file) ?? randomBytes(SECRET_BYTES);
    try {
      this.mend();
    } catch {
      // It holds until the next restart, and `flaw` says so.
    }
  }

  /** The same in every worker and after every restart, so that sessions resume; another listener has another. */
  keyBase64(listenerId: string): string {
    const key = hkdfSync("sha256", this.#secret, "", `ticket key of ${listenerId}`, KEY_BYTES);
    return Buffer.from(key).toString("base64");
  }

  /** What is wrong with the file, as the rest of a sentence; undefined: nothing. */
  flaw(): string | undefined {
    try {
      const look = lookAt(this.file);
      if (look === undefined) return "is gone";
      if (this.#looked?.stamp !== look.stamp) {
        const isSame =
          look.isFile && look.bytes === SECRET_BYTES && readSecret(this.file)?.equals(this.#secret);
        const flaw = isSame === true ? exposureOf(look) : "is not the one in force";
        this.#looked = { stamp: look.stamp, flaw };
      }
      return this.#looked.flaw;
    } catch (error) {
      return `cannot be looked at: ${errnoOf(error)}`;
    }
  }

  /** Writes the secret in force again where the file has another, or none. */
  mend(): void {
    if (this.flaw() === undefined) return;
    removeUnlessFile(this.file);
    atomicWrite(this.file, this.#secret, 0o600);
  }
}

/** undefined: there is none. What a damaged disk left of one could be guessed. */
function readSecret(file: string): Buffer | undefined {
  try {
    const secret = readFileSync(file);
    return secret.length === SECRET_BYTES ? secret : undefined;
  } catch {
    return undefined;
  }
}
