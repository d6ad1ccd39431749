import { createPrivateKey, createPublicKey, createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../process/errno";
import { atomicWrite, syncDirectory } from "./atomic-write";

const SUFFIX = ".key";

/** Private keys, one file each, owner-only from creation, named by the SHA-256 of the public key. */
export class KeyStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  read(spkiSha256: string): string | undefined {
    try {
      return readFileSync(this.#file(spkiSha256), "utf8");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") {
        return undefined;
      }
      throw error;
    }
  }

  write(spkiSha256: string, keyPem: string): void {
    atomicWrite(this.#file(spkiSha256), keyPem, 0o600);
  }

  /** Removes what no certificate uses. */
  removeExcept(used: ReadonlySet<string>): void {
    const orphans = readdirSync(this.#directory).filter((name) => !used.has(name.slice(0, -SUFFIX.length)));
    for (const name of orphans) {
      rmSync(join(this.#directory, name));
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
