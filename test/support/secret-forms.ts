import { createPrivateKey, type KeyObject } from "node:crypto";
import { utils } from "ssh2";

/** What must be found nowhere, and all by which it would be known in a text. */
export interface Secret {
  readonly name: string;
  readonly forms: readonly string[];
}

/** Of a line of a PEM: fewer characters of the secret half may be there by chance. */
const LINE_MATTERS_CHARACTERS = 16;
/** base64 writes three bytes as four characters: bytes have another text for each place that they may begin at. */
const BASE64_ALIGNMENTS = [0, 1, 2];

/** A password or a passphrase. */
export function textSecret(name: string, text: string): Secret {
  return { name, forms: formsOfText(text) };
}

/** A private key: PEM, or in OpenSSH's own format. Its secret numbers, and its lines in every format that it has. */
export function keySecret(name: string, pem: string, passphrase?: string): Secret {
  const key = keyOf(pem, passphrase);
  const numbers = secretNumbersOf(key);
  // Of an encrypted key no line says the same in clear.
  const own = passphrase === undefined ? linesHolding(numbers, pem) : bodyLinesOf(pem).slice(1, -1);
  const lines = [...own, ...otherFormatsOf(key).flatMap((format) => linesHolding(numbers, format))];
  const forms = [...lines.flatMap(formsOfText), ...numbers.flatMap(formsOfBytes)];
  return { name, forms: [...new Set(forms)] };
}

/** Which secret is where; empty when none is anywhere. Bytes are found as such in what was read as latin1. */
export function leaksIn(places: Readonly<Record<string, string>>, secrets: readonly Secret[]): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    secrets
      .filter(({ forms }) => forms.some((form) => text.includes(form)))
      .map(({ name }) => `${name} in ${place}`),
  );
}

function formsOfText(text: string): string[] {
  return [...new Set([text, encodeURIComponent(text), ...formsOfBytes(Buffer.from(text))])];
}

function formsOfBytes(bytes: Buffer): string[] {
  const base64 = BASE64_ALIGNMENTS.map((before) => base64Within(bytes, before));
  const base64url = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  const hexadecimal = bytes.toString("hex");
  return [bytes.toString("latin1"), ...base64, ...base64url, hexadecimal, hexadecimal.toUpperCase()];
}

/** What base64 makes of the bytes after so many others, without the characters that these and later ones share. */
function base64Within(bytes: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + bytes.length) * 8) / 6);
  return whole.slice(first, last);
}

function keyOf(pem: string, passphrase: string | undefined): KeyObject {
  if (!pem.includes("OPENSSH")) return createPrivateKey(pem);
  const parsed = utils.parseKey(pem, passphrase);
  if (parsed instanceof Error) throw parsed;
  return createPrivateKey(parsed.getPrivatePEM());
}

function secretNumbersOf(key: KeyObject): Buffer[] {
  const { d = "", p = "", q = "" } = key.export({ format: "jwk" });
  return [d, p, q].filter((number) => number !== "").map((number) => Buffer.from(number, "base64url"));
}

function otherFormatsOf(key: KeyObject): string[] {
  const types = { rsa: "pkcs1", ec: "sec1" } as const;
  const { asymmetricKeyType: kind } = key;
  const more = kind === "rsa" || kind === "ec" ? [types[kind]] : [];
  return (["pkcs8", ...more] as const).map((type) => key.export({ type, format: "pem" }).toString());
}

function bodyLinesOf(pem: string): string[] {
  return pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
}

function linesHolding(numbers: readonly Buffer[], pem: string): string[] {
  const lines = bodyLinesOf(pem);
  const body = Buffer.from(lines.join(""), "base64");
  const ranges = numbers.map((number) => {
    const at = body.indexOf(number);
    if (at < 0) throw new Error("this key is not in this text");
    return [Math.ceil((at * 8) / 6), Math.floor(((at + number.length) * 8) / 6)] as const;
  });
  let end = 0;
  return lines.filter((line) => {
    const start = end;
    end += line.length;
    return ranges.some(([from, to]) => Math.min(to, end) - Math.max(from, start) >= LINE_MATTERS_CHARACTERS);
  });
}
