import { skipName } from "./names";
import { TYPE } from "./types";

/** What a query's OPT record says (RFC 6891 6.1.3). */
export interface Edns {
  readonly version: number;
  /** The longest UDP response that the client takes, by its own word. */
  readonly udpBytes: number;
  readonly dnssecOk: boolean;
}

const DNSSEC_OK = 0x8000;
/** Type, class, TTL and the data's length, behind a record's owner. */
const FIXED_BYTES = 10;
const OPTION_HEAD_BYTES = 4;

/**
 * The OPT record among those that follow the question at `start`; null: there is none. Other records mean nothing to
 * this server, but must be records. "malformed" as well: a second OPT record, one with an owner, and one in another
 * section (RFC 6891 6.1.1).
 */
export function readEdns(packet: Buffer, start: number): Edns | null | "malformed" {
  const notAdditional = packet.readUInt16BE(6) + packet.readUInt16BE(8);
  const count = notAdditional + packet.readUInt16BE(10);
  let edns: Edns | null = null;
  let offset = start;
  for (let index = 0; index < count; index += 1) {
    const fixed = skipName(packet, offset);
    if (fixed === null || fixed + FIXED_BYTES > packet.length) return "malformed";
    const data = fixed + FIXED_BYTES;
    const end = data + packet.readUInt16BE(fixed + 8);
    if (end > packet.length) return "malformed";
    if (packet.readUInt16BE(fixed) === TYPE.OPT) {
      const isOwnedByRoot = fixed === offset + 1;
      const isFirst = edns === null && index >= notAdditional;
      if (!isFirst || !isOwnedByRoot || !areOptions(packet.subarray(data, end))) return "malformed";
      edns = {
        version: packet.readUInt8(fixed + 5),
        udpBytes: packet.readUInt16BE(fixed + 2),
        dnssecOk: (packet.readUInt16BE(fixed + 6) & DNSSEC_OK) !== 0,
      };
    }
    offset = end;
  }
  return edns;
}

/** The OPT record of a response. */
export function writeEdns(extendedRcode: number, udpBytes: number, dnssecOk: boolean): Buffer {
  const record = Buffer.alloc(1 + FIXED_BYTES);
  record.writeUInt16BE(TYPE.OPT, 1);
  record.writeUInt16BE(udpBytes, 3);
  record.writeUInt8(extendedRcode, 5);
  record.writeUInt16BE(dnssecOk ? DNSSEC_OK : 0, 7);
  return record;
}

/** Code, length and content, until the end (RFC 6891 6.1.2). */
function areOptions(data: Buffer): boolean {
  let offset = 0;
  while (offset + OPTION_HEAD_BYTES <= data.length) {
    offset += OPTION_HEAD_BYTES + data.readUInt16BE(offset + 2);
  }
  return offset === data.length;
}
