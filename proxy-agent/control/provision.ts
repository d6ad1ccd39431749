import { X509Certificate, createHash } from "node:crypto";
import type { Put } from "../contract/change";
import { OffloadError } from "../contract/errors";
import type { DeclaredObjectOf } from "../contract/object";
import { spkiSha256Of } from "./store/keys";

/**
 * The private keys that a change needs, by their public key's SHA-256: those that it brings, and those that the host
 * has already. Throws CERTIFICATE_UNUSABLE when chain, key and declared hashes do not belong together, and
 * KEY_MISSING when the host has no key and none came.
 */
export function keysOf(
  puts: readonly Put[],
  heldKey: (spkiSha256: string) => string | undefined,
): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { object, keyPem } of puts) {
    if (object.kind !== "certificate") {
      continue;
    }
    checkChain(object);
    const { spkiSha256 } = object.spec;
    if (keyPem !== null) checkKey(object, keyPem);
    const key = keyPem ?? heldKey(spkiSha256);
    if (key !== undefined) {
      keys.set(spkiSha256, key);
    } else {
      throw new OffloadError("KEY_MISSING", "", { objectId: object.id, spkiSha256 });
    }
  }
  return keys;
}

function checkChain({ id, spec }: DeclaredObjectOf<"certificate">): void {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(spec.chainPem);
  } catch (error) {
    throw unusable(id, error instanceof Error ? error.message : "the chain cannot be read");
  }
  const fingerprint = leaf.fingerprint256.replaceAll(":", "").toLowerCase();
  const spki = leaf.publicKey.export({ type: "spki", format: "der" });
  if (
    fingerprint !== spec.fingerprintSha256 ||
    createHash("sha256").update(spki).digest("hex") !== spec.spkiSha256
  ) {
    throw unusable(id, "the declared fingerprints are not those of the chain's first certificate");
  }
}

function checkKey({ id, spec }: DeclaredObjectOf<"certificate">, keyPem: string): void {
  let spki: string;
  try {
    spki = spkiSha256Of(keyPem);
  } catch {
    // What OpenSSL says might quote the key.
    throw unusable(id, "the private key cannot be read");
  }
  if (spki !== spec.spkiSha256) {
    throw unusable(id, "the private key does not belong to the certificate");
  }
}

function unusable(objectId: string, detail: string): OffloadError {
  return new OffloadError("CERTIFICATE_UNUSABLE", "", { objectId, detail });
}
