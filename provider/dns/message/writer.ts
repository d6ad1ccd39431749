import { DnsMessageError } from "./message";

/** A number in 1 to 6 bytes. Throws DnsMessageError when it has no place in them. */
export function number(byteCount: number, value: number): Buffer {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * byteCount)) {
    throw new DnsMessageError(`${value} is no number of ${byteCount} bytes`);
  }
  const bytes = Buffer.alloc(byteCount);
  bytes.writeUIntBE(value, 0, byteCount);
  return bytes;
}

/** The content behind its length. */
export function block(lengthBytes: number, content: Buffer): Buffer {
  return Buffer.concat([number(lengthBytes, content.length), content]);
}
