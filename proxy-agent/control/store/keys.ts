import { createPrivateKey, createPublicKey, createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LIMITS } from "../../contract/limits";
import { errnoOf } from "../../process/errno";
import { atomicWrite, syncDirectory } from "./atomic-write";
import { exposureOf, lookAt, octal, readBounded, removeUnlessFile, type Look } from "./look";

const SUFFIX = ".key";
const DIRECTORY_MODE = 0o700;

/** What is wrong with the file of a key. */
export interface KeyFlaw {
  readonly code: "KEY_MISSING" | "KEY_EDITED" | "KEY_EXPOSED";
  readonly file: string;
  /** "holds another key" */
  readonly detail: string;
}

/** Private keys, one file each, owner-only from creation, named by the SHA-256 of the public key. */
export class KeyStore {
  readonly #directory: string;
  /** Keys that were in force once: a file that is lost or edited by hand must not end what is served. */
  readonly #held = new Map<string, string>();
  /** Parsing a key at every look would cost more than all else that a look does. */
  readonly #looked = new Map<string, { readonly stamp: string; readonly flaw: KeyFlaw | undefined }>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#makeDirectory();
  }

  /** undefined: this process never had it, and what is on the disk is not that key. */
  read(spkiSha256: string): string | undefined {
    const held = this.#held.get(spkiSha256);
    if (held !== undefined) return held;
    try {
      const file = this.#file(spkiSha256);
      const look = lookAt(file);
      const keyPem = look === undefined ? look : readBounded(file, look, LIMITS.chainBytes);
      if (typeof keyPem !== "string" || spkiSha256Of(keyPem) !== spkiSha256) return undefined;
      this.#held.set(spkiSha256, keyPem);
      return keyPem;
    } catch {
      return undefined;
    }
  }

  write(spkiSha256: string, keyPem: string): void {
    this.#makeDirectory();
    const file = this.#file(spkiSha256);
    removeUnlessFile(file);
    atomicWrite(file, keyPem, 0o600);
    this.#held.set(spkiSha256, keyPem);
  }

  /** undefined: after a restart the key will be there, and nobody else can read it. */
  flawOf(spkiSha256: string): KeyFlaw | undefined {
    const file = this.#file(spkiSha256);
    let look: Look | undefined;
    try {
      look = lookAt(file);
    } catch (error) {
      return { code: "KEY_EDITED", file, detail: `cannot be looked at: ${errnoOf(error)}` };
    }
    if (look === undefined) return { code: "KEY_MISSING", file, detail: "is gone" };
    const known = this.#looked.get(spkiSha256);
    if (known?.stamp === look.stamp) return known.flaw;
    const flaw = this.#inspect(spkiSha256, file, look);
    this.#looked.set(spkiSha256, { stamp: look.stamp, flaw });
    return flaw;
  }

  /** Who else may enter the directory of the keys; undefined: nobody. */
  exposure(): KeyFlaw | undefined {
    const look = lookAt(this.#directory);
    const detail = look === undefined ? "is gone" : exposureOf(look);
    return detail === undefined ? undefined : { code: "KEY_EXPOSED", file: this.#directory, detail };
  }

  /** Closes the directory again to all others. */
  close(): void {
    this.#makeDirectory();
    chmodSync(this.#directory, DIRECTORY_MODE);
  }

  /** Removes what no certificate uses. */
  removeExcept(used: ReadonlySet<string>): void {
    for (const spkiSha256 of [...this.#held.keys()].filter((key) => !used.has(key))) {
      this.#held.delete(spkiSha256);
      this.#looked.delete(spkiSha256);
    }
    this.#makeDirectory();
    const orphans = readdirSync(this.#directory).filter((name) => !used.has(name.slice(0, -SUFFIX.length)));
    for (const name of orphans) {
      rmSync(join(this.#directory, name), { recursive: true, force: true });
    }
    if (orphans.length > 0) {
      syncDirectory(this.#directory);
    }
  }

  #inspect(spkiSha256: string, file: string, look: Look): KeyFlaw | undefined {
    const edited = (detail: string): KeyFlaw => ({ code: "KEY_EDITED", file, detail });
    const keyPem = readBounded(file, look, LIMITS.chainBytes);
    if (keyPem instanceof Error) return edited(`holds no key: ${keyPem.message}`);
    const actual = this.#held.get(spkiSha256) === keyPem ? spkiSha256 : spkiOrNone(keyPem);
    if (actual !== spkiSha256) return edited(actual === "" ? "holds no key" : "holds another key");
    const exposure = exposureOf(look);
    if (exposure !== undefined) return { code: "KEY_EXPOSED", file, detail: exposure };
    return (look.mode & 0o600) === 0o600 ? undefined : edited(`has mode ${octal(look.mode)}, not 600`);
  }

  #makeDirectory(): void {
    mkdirSync(this.#directory, { recursive: true, mode: DIRECTORY_MODE });
  }

  #file(spkiSha256: string): string {
    return join(this.#directory, `${spkiSha256}${SUFFIX}`);
  }
}

/** SHA-256 of a private key's public half in SubjectPublicKeyInfo form. Throws what OpenSSL says of a bad key. */
export function spkiSha256Of(keyPem: string): string {
  const spki = createPublicKey(createPrivateKey(keyPem)).export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex");
}

/** "": it is no key. */
function spkiOrNone(keyPem: string): string {
  try {
    return spkiSha256Of(keyPem);
  } catch {
    return "";
  }
}
