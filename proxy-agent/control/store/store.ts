import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { STATE_FILES } from "../../contract/api";
import { EMPTY_DOCUMENT, type Document } from "../../contract/document";
import { OffloadError } from "../../contract/errors";
import { objectsOf } from "../configuration/objects";
import type { ObjectProblem } from "../problem";
import { reach } from "../steps";
import { atomicWrite, syncDirectory } from "./atomic-write";
import { canonicalJson } from "./canonical";
import { DocumentOnDisk } from "./document-on-disk";
import { KeyStore } from "./keys";
import { removeUnlessFile } from "./look";
import { parseDocument, type LoadedDocument } from "./parse";
import { TicketSecret } from "./ticket-secret";

/** All that the agent keeps on disk. Every method throws STATE_NOT_WRITABLE when the disk refuses. */
export class Store {
  readonly #stateDir: string;
  readonly #keys: KeyStore;
  readonly #ticketSecret: TicketSecret;
  readonly #documentOnDisk: DocumentOnDisk;
  #problem: ObjectProblem | undefined;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    this.#keys = new KeyStore(join(stateDir, STATE_FILES.keys));
    this.#ticketSecret = new TicketSecret(join(stateDir, STATE_FILES.ticketSecret));
    this.#documentOnDisk = new DocumentOnDisk(this.#file("document"));
  }

  /** Why the confirmed document may not be on the disk as it is in force. undefined: it is. */
  get problem(): ObjectProblem | undefined {
    return this.#problem;
  }

  /** The confirmed document; what was pending when the agent died is dropped. Throws STATE_UNREADABLE. */
  load(): LoadedDocument & { readonly wasPending: boolean } {
    const loaded = parseDocument(this.#file("document"));
    const wasPending = existsSync(this.#file("pending"));
    try {
      rmSync(this.#file("pending"), { force: true });
      // A document that is missing or half understood may be put right by hand; a deleted key would be lost.
      if (loaded.document !== EMPTY_DOCUMENT && loaded.problems.length === 0) {
        this.removeOrphanKeys(loaded.document);
      }
    } catch {
      // A disk that cannot be written any more must not keep the agent from serving what it has.
    }
    return { ...loaded, wasPending };
  }

  /**
   * What is on the disk otherwise than it is in force, because somebody changed it by hand. The next change mends it,
   * but for the keys, which are sent again. `except`: objects of which it is known.
   */
  edited(document: Document, except: ReadonlySet<string>): ObjectProblem[] {
    const loadBalancerId = objectsOf(document, "loadBalancer")[0]?.id ?? "state";
    const problems = [...this.#documentOnDisk.problems(document, except)];
    for (const { id: objectId, spec } of objectsOf(document, "certificate")) {
      const flaw = this.#keys.flawOf(spec.spkiSha256);
      const { spkiSha256 } = spec;
      if (flaw !== undefined) {
        problems.push({ objectId, code: flaw.code, parameters: { ...flaw, objectId, spkiSha256 } });
      }
    }
    const exposed = this.#keys.exposure();
    if (exposed !== undefined) {
      const parameters = { ...exposed, objectId: "any certificate" };
      problems.push({ objectId: loadBalancerId, code: exposed.code, parameters });
    }
    const detail = this.#ticketSecret.flaw();
    if (detail !== undefined) {
      const parameters = { file: this.#ticketSecret.file, detail };
      problems.push({ objectId: loadBalancerId, code: "TICKET_SECRET_EDITED", parameters });
    }
    return problems;
  }

  writePending(document: Document): void {
    this.#writing(() => {
      if (this.#keys.exposure() !== undefined) this.#keys.close();
      this.#ticketSecret.mend();
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
      removeUnlessFile(this.#file("document"));
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

  /** From memory where it was ever in force. */
  readKey(spkiSha256: string): string | undefined {
    return this.#keys.read(spkiSha256);
  }

  /** Whether its file is as it shall be, so that it will be there after a restart. */
  hasKeyFile(spkiSha256: string): boolean {
    return this.#keys.flawOf(spkiSha256) === undefined;
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
    return this.#ticketSecret.keyBase64(listenerId);
  }

  #file(name: "document" | "pending"): string {
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
