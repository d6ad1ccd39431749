import { DnsMessageError } from "./message";

/** RFC 1035 2.3.4. The length of a whole name counts the length bytes and the root's. */
export const LABEL_BYTES = 63;
export const NAME_BYTES = 255;

export const ROOT = ".";

/** The name's bytes, without compression. Throws DnsMessageError where it breaks a limit. */
export function nameToBytes(name: string): Buffer {
  const labels = name === ROOT ? [] : labelsOf(name);
  const parts = labels.map((label) => {
    if (label.length === 0 || label.length > LABEL_BYTES) {
      throw new DnsMessageError(`"${name}" has a label of ${label.length} bytes`);
    }
    return Buffer.concat([Buffer.of(label.length), label]);
  });
  const bytes = Buffer.concat([...parts, Buffer.of(0)]);
  if (bytes.length > NAME_BYTES) throw new DnsMessageError(`"${name}" has ${bytes.length} bytes`);
  return bytes;
}

export function labelToText(label: Buffer): string {
  return label
    .toString("latin1")
    .replaceAll(/[^!-~]|[.\\]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`);
}

/** The form in which names are signed (RFC 4034 6.2) and compared (RFC 4343). */
export function canonicalName(name: string): string {
  return name.toLowerCase();
}

export function sameName(one: string, other: string): boolean {
  return canonicalName(one) === canonicalName(other);
}

/** A dot ends a label unless a backslash stands before it (RFC 1035 5.1). */
function labelsOf(name: string): Buffer[] {
  const tokens = name.match(/\\\d{3}|\\[^\d]|[^\\]/g) ?? [];
  if (tokens.join("") !== name) throw new DnsMessageError(`"${name}" has a backslash that escapes nothing`);
  const labels: number[][] = [[]];
  for (const token of tokens) {
    if (token === ".") labels.push([]);
    else labels.at(-1)?.push(byteOf(token, name));
  }
  return labels.map((label) => Buffer.from(label));
}

function byteOf(token: string, name: string): number {
  const value = /^\\\d{3}$/.test(token) ? Number(token.slice(1)) : (token.codePointAt(token.length - 1) ?? 0);
  if (value > 0xff) throw new DnsMessageError(`"${name}" holds "${token}", which is no byte`);
  return value;
}
