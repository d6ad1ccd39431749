import { createPrivateKey } from "node:crypto";
import { utils, type ParsedKey } from "ssh2";
import { OffloadError } from "tls-offload-agent/contract";

/**
 * Reads a private key, with the first passphrase that fits. `from` names it in messages: the key, the passphrase
 * and the parser's words, which may quote them, are never shown.
 */
export function readPrivateKey(
  text: string,
  passphrases: readonly string[],
  from: string,
  where: string,
): ParsedKey {
  const known = openSshOf(text);
  const plain = utils.parseKey(known);
  if (!(plain instanceof Error)) {
    if (plain.isPrivateKey()) return plain;
    throw new OffloadError("SSH_KEY_MALFORMED", where, { property: from, detail: "it is a public key" });
  }
  if (!isEncrypted(plain)) {
    const detail = text.includes("PRIVATE KEY-----")
      ? "it is damaged, or of an unknown format"
      : "it is no key";
    throw new OffloadError("SSH_KEY_MALFORMED", where, { property: from, detail });
  }
  if (passphrases.length === 0) throw new OffloadError("SSH_KEY_ENCRYPTED", where, { property: from });
  for (const passphrase of passphrases) {
    const key = utils.parseKey(known, passphrase);
    if (!(key instanceof Error)) return key;
  }
  throw new OffloadError("SSH_KEY_PASSPHRASE_WRONG", where, { property: from });
}

function isEncrypted({ message }: Error): boolean {
  return message.startsWith("Encrypted");
}

/** ssh2 does not read PKCS#8, which other tools write: RSA and EC keys have an older form that it reads. */
function openSshOf(text: string): string {
  if (!text.includes("-----BEGIN PRIVATE KEY-----")) return text;
  try {
    const key = createPrivateKey(text);
    const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1";
    return key.export({ type, format: "pem" }).toString();
  } catch {
    return text;
  }
}
