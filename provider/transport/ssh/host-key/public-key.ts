import { createHash } from "node:crypto";

/** A public key as SSH sends it. */
export interface PublicKey {
  /** "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa". */
  readonly type: string;
  readonly blob: Buffer;
}

/** Reads "ssh-ed25519 AAAA... comment". null: it is not that. */
export function parsePublicKey(text: string): PublicKey | null {
  const [type = "", base64 = ""] = text.trim().split(/[ \t]+/);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const key = publicKeyOf(Buffer.from(base64, "base64"));
  return key?.type === type ? key : null;
}

/** The blob begins with its own type (RFC 4253 6.6). */
export function publicKeyOf(blob: Buffer): PublicKey | null {
  if (blob.length < 4) return null;
  const end = 4 + blob.readUInt32BE(0);
  if (end > blob.length) return null;
  return { type: blob.toString("latin1", 4, end), blob };
}

/** As OpenSSH prints it: "SHA256:...". */
export function fingerprintOf({ blob }: PublicKey): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** As it stands in a `.pub` file, without a comment. */
export function textOf({ type, blob }: PublicKey): string {
  return `${type} ${blob.toString("base64")}`;
}

export function sameKey(one: PublicKey, other: PublicKey): boolean {
  return one.blob.equals(other.blob);
}
