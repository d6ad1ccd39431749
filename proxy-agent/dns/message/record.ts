import { isIPv4 } from "node:net";

/** A record as it is answered. */
export interface ResourceRecord {
  /** Lower case without the final dot; in an answer, as it was asked. */
  readonly name: string;
  readonly type: number;
  readonly ttlSeconds: number;
  /** One after the other: bytes as they are, and names, which may be compressed. */
  readonly data: readonly (Buffer | string)[];
}

const TXT_STRING_BYTES = 255;

/** 4 bytes of IPv4, 16 of IPv6. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  // A URL's host is in one form: no IPv4 at its end, no groups with leading zeros (RFC 5952).
  const [front = [], back = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split("::")
    .map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => "0");
  return Buffer.from([...front, ...zeros, ...back].map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** A TXT record is a list of strings of at most 255 bytes; readers put them together again (RFC 7208 3.3). */
export function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += TXT_STRING_BYTES) {
    const part = bytes.subarray(start, start + TXT_STRING_BYTES);
    parts.push(Buffer.of(part.length), part);
  }
  return Buffer.concat(parts);
}

export function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}
