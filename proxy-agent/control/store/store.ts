import { hkdfSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { STATE_FILES } from "../../contract/api";
import type { Document } from "../../contract/document";
import { OffloadError } from "../../contract/errors";
import { errnoOf } from "../../process/errno";
import { reach } from "../steps";
import { atomicWrite, syncDirectory } from "./atomic-write";
import { canonicalJson } from "./canonical";
import { KeyStore } from "./keys";
import { parseDocument, type LoadedDocument } from "./parse";

const TICKET_KEY_BYTES = 48;

/** All that the agent keeps on disk. Every method throws STATE_NOT_WRITABLE when the disk refuses. */
export class Store {
  readonly #stateDir: string;
  readonly #keys: KeyStore;
  readonly #ticketSecret: Buffer;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    this.#keys = new KeyStore(join(stateDir, STATE_FILES.keys));
    this.#ticketSecret = this.#loadTicketSecret();
  }

  /** The confirmed document; what was pending when the agent died is dropped. Throws STATE_UNREADABLE. */
  load(): LoadedDocument {
    const loaded = parseDocument(this.#file("document"));
    try {
      rmSync(this.#file("pending"), { force: true });
      this.removeOrphanKeys([loaded.document]);
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

  /** The point of no return: from here on a crash comes back on the new document. */
  confirmPending(): void {
    reach("before-confirm");
    this.#writing(() => {
      renameSync(this.#file("pending"), this.#file("document"));
      reach("document-named");
      syncDirectory(this.#stateDir);
    });
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

  /** Removes the keys that none of these documents needs. */
  removeOrphanKeys(documents: readonly Document[]): void {
    const certificates = documents
      .flatMap((document) => Object.values(document.objects))
      .filter((object) => object.kind === "certificate");
    this.#writing(() => {
      this.#keys.removeExcept(new Set(certificates.map(({ spec }) => spec.spkiSha256)));
    });
  }

  /** The same in every worker and after every restart, so that sessions resume; another listener has another. */
  ticketKeyBase64(listenerId: string): string {
    const key = hkdfSync("sha256", this.#ticketSecret, "", `ticket key of ${listenerId}`, TICKET_KEY_BYTES);
    return Buffer.from(key).toString("base64");
  }

  #loadTicketSecret(): Buffer {
    const file = this.#file("ticketSecret");
    try {
      return readFileSync(file);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") {
        throw error;
      }
    }
    const secret = randomBytes(32);
    this.#writing(() => {
      atomicWrite(file, secret, 0o600);
    });
    return secret;
  }

  #file(name: "document" | "pending" | "ticketSecret"): string {
    return join(this.#stateDir, STATE_FILES[name]);
  }

  #writing(write: () => void): void {
    try {
      write();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new OffloadError(
        "STATE_NOT_WRITABLE",
        "",
        { directory: this.#stateDir, detail },
        { cause: error },
      );
    }
  }
}
