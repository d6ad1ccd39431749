import { isIPv4, isIPv6 } from "node:net";
import { DnsMessageError } from "./message";

/** "192.0.2.1" has 4 bytes, "2001:db8::1" 16. Throws DnsMessageError for what is no address. */
export function addressToBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  if (!isIPv6(address) || address.includes("%")) throw new DnsMessageError(`"${address}" is no address`);
  const [front = [], back = []] = address.split("::").map(groupBytes);
  return Buffer.concat([
    Buffer.from(front),
    Buffer.alloc(16 - front.length - back.length),
    Buffer.from(back),
  ]);
}

/** Of 16 bytes, in the form of RFC 5952: lower case, the longest run of zeros as "::". */
export function bytesToAddress(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  const text = groups.join(":");
  const runs = text.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  return longest === "" ? text : text.replace(new RegExp(`(^|:)${longest}(:|$)`), "::");
}

/** "2001:db8" and "ffff:192.0.2.1", the parts on either side of "::". */
function groupBytes(part: string): number[] {
  if (part === "") return [];
  return part.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
