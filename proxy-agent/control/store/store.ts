import { hkdfSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { STATE_FILES } from "../../contract/api";
import { EMPTY_DOCUMENT, type Document } from "../../contract/document";
import { OffloadError } from "../../contract/errors";
import type { ObjectProblem } from "../problem";
import { reach } from "../steps";
import { atomicWrite, syncDirectory } from "./atomic-write";
import { canonicalJson } from "./canonical";
import { KeyStore } from "./keys";
import { parseDocument, type LoadedDocument } from "./parse";

const TICKET_SECRET_BYTES = 32;
const TICKET_KEY_BYTES = 48;

/** All that the agent keeps on disk. Every method throws STATE_NOT_WRITABLE when the disk refuses. */
export class Store {
  readonly #stateDir: string;
  readonly #keys: KeyStore;
  readonly #ticketSecret: Buffer;
  #problem: ObjectProblem | undefined;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    this.#keys = new KeyStore(join(stateDir, STATE_FILES.keys));
    this.#ticketSecret = this.#loadTicketSecret();
  }

  /** Why the confirmed document may not be on the disk as it is in force. undefined: it is. */
  get problem(): ObjectProblem | undefined {
    return this.#problem;
  }

  /** The confirmed document; what was pending when the agent died is dropped. Throws STATE_UNREADABLE. */
  load(): LoadedDocument {
    const loaded = parseDocument(this.#file("document"));
    try {
      rmSync(this.#file("pending"), { force: true });
      // A document that is missing or half understood may be put right by hand; a deleted key would be lost.
      if (loaded.document !== EMPTY_DOCUMENT && loaded.problems.length === 0) {
        this.removeOrphanKeys(loaded.document);
      }
    } catch {
      // A disk that cannot be written any more must not keep the agent from serving what it has.
    }
    return loaded;
  }

  writePending(document: Document): void {
    this.#writing(() => {
      atomicWrite(this.#file("pending"), canonicalJson(document), 0o600, {
        written: () => {
          reach("pending-written-unnamed");
        },
        named: () => {
          reach("pending-named");
        },
      });
    });
    reach("pending-durable");
  }

  /**
   * The point of no return: from here on a crash comes back on the new document. When only the flush of the rename
   * fails, the new document is what is on the disk for everybody but a power cut: it counts, and `problem` says so.
   */
  confirmPending(): void {
    reach("before-confirm");
    this.#writing(() => {
      renameSync(this.#file("pending"), this.#file("document"));
    });
    reach("document-named");
    try {
      syncDirectory(this.#stateDir);
      this.#problem = undefined;
    } catch (error) {
      const parameters = { directory: this.#stateDir, detail: detailOf(error) };
      this.#problem = { objectId: "state", code: "STATE_NOT_DURABLE", parameters };
    }
    reach("document-durable");
  }

  dropPending(): void {
    this.#writing(() => {
      rmSync(this.#file("pending"), { force: true });
      syncDirectory(this.#stateDir);
    });
    reach("pending-removed");
  }

  readKey(spkiSha256: string): string | undefined {
    return this.#keys.read(spkiSha256);
  }

  writeKey(spkiSha256: string, keyPem: string): void {
    this.#writing(() => {
      this.#keys.write(spkiSha256, keyPem);
    });
  }

  /** Removes the keys that the document does not need, unless a power cut may bring the one before it back. */
  removeOrphanKeys(document: Document): void {
    if (this.#problem !== undefined) {
      return;
    }
    const certificates = Object.values(document.objects).filter((object) => object.kind === "certificate");
    this.#writing(() => {
      this.#keys.removeExcept(new Set(certificates.map(({ spec }) => spec.spkiSha256)));
    });
  }

  /** The same in every worker and after every restart, so that sessions resume; another listener has another. */
  ticketKeyBase64(listenerId: string): string {
    const key = hkdfSync("sha256", this.#ticketSecret, "", `ticket key of ${listenerId}`, TICKET_KEY_BYTES);
    return Buffer.from(key).toString("base64");
  }

  /** Whatever is wrong with it costs no more than the sessions: clients make a full handshake. */
  #loadTicketSecret(): Buffer {
    const file = this.#file("ticketSecret");
    try {
      const secret = readFileSync(file);
      // What a damaged disk left of it could be guessed.
      if (secret.length === TICKET_SECRET_BYTES) {
        return secret;
      }
    } catch {
      // There is none yet, or it cannot be read any more.
    }
    const fresh = randomBytes(TICKET_SECRET_BYTES);
    try {
      atomicWrite(file, fresh, 0o600);
    } catch {
      // It holds until the next restart.
    }
    return fresh;
  }

  #file(name: "document" | "pending" | "ticketSecret"): string {
    return join(this.#stateDir, STATE_FILES[name]);
  }

  #writing(write: () => void): void {
    try {
      write();
    } catch (error) {
      const parameters = { directory: this.#stateDir, detail: detailOf(error) };
      throw new OffloadError("STATE_NOT_WRITABLE", "", parameters, { cause: error });
    }
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
