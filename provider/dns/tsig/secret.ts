import type { ErrorParameters } from "tls-offload-agent/contract";

/** What the text of a secret turned out to be. Nothing but `secret` holds any of it. */
export type TsigSecretReading =
  | {
      readonly secret: Buffer;
      readonly advice: Said<"TSIG_SECRET_SHORT"> | null;
      readonly refusal?: undefined;
    }
  | { readonly refusal: Said<"TSIG_SECRET_MALFORMED"> };

interface Said<Code extends "TSIG_SECRET_SHORT" | "TSIG_SECRET_MALFORMED"> {
  readonly code: Code;
  readonly parameters: ErrorParameters<Code>;
}

/** Shorter secrets might be guessed; RFC 8945 8 wants as many bytes as the hash has. */
const BYTES_RECOMMENDED = 16;

/** A secret as `tsig-keygen` and `keymgr -t` print it: Base64 with its padding (RFC 4648 4), space around it or not. */
export function parseTsigSecret(base64: string): TsigSecretReading {
  const text = base64.trim();
  const detail = problemOf(text);
  if (detail !== null) return { refusal: { code: "TSIG_SECRET_MALFORMED", parameters: { detail } } };
  const secret = Buffer.from(text, "base64");
  const parameters = { bytes: secret.length, recommended: BYTES_RECOMMENDED };
  const isShort = secret.length < BYTES_RECOMMENDED;
  return { secret, advice: isShort ? { code: "TSIG_SECRET_SHORT", parameters } : null };
}

/** Completes "the secret ...". */
function problemOf(text: string): string | null {
  if (text === "") return "is empty";
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return "holds a character that Base64 does not have there";
  if (text.length % 4 !== 0) return "is cut: Base64 comes in groups of four characters";
  if (Buffer.from(text, "base64").toString("base64") !== text) return "does not end as Base64 ends";
  return null;
}
