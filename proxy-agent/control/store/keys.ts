import { createPrivateKey, createPublicKey, createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { atomicWrite, syncDirectory } from "./atomic-write";

const SUFFIX = ".key";

/** Private keys, one file each, owner-only from creation, named by the SHA-256 of the public key. */
export class KeyStore {
  readonly #directory: string;
  /** Parsing a key at every look would cost more than all else that a look does. */
  readonly #verified = new Map<string, string>();

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** undefined: there is none, or what is there is not that key any more, so that a put brings it anew. */
  read(spkiSha256: string): string | undefined {
    try {
      const keyPem = readFileSync(this.#file(spkiSha256), "utf8");
      if (this.#verified.get(spkiSha256) !== keyPem) {
        if (spkiSha256Of(keyPem) !== spkiSha256) {
          return undefined;
        }
        this.#verified.set(spkiSha256, keyPem);
      }
      return keyPem;
    } catch {
      return undefined;
    }
  }

  write(spkiSha256: string, keyPem: string): void {
    atomicWrite(this.#file(spkiSha256), keyPem, 0o600);
  }

  /** Removes what no certificate uses. */
  removeExcept(used: ReadonlySet<string>): void {
    const orphans = readdirSync(this.#directory).filter((name) => !used.has(name.slice(0, -SUFFIX.length)));
    for (const name of orphans) {
      rmSync(join(this.#directory, name), { recursive: true, force: true });
      this.#verified.delete(name.slice(0, -SUFFIX.length));
    }
    if (orphans.length > 0) {
      syncDirectory(this.#directory);
    }
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
