import { readEdns, type Edns } from "./edns";
import { readQuestionName } from "./names";
import { RCODE, type Rcode } from "./rcode";
import { HEADER_BYTES } from "./types";

/** What a packet turned out to be. */
export type Reading =
  /** A response, or too short to be answered: answering could make two servers talk for ever. */
  | { readonly kind: "ignored" }
  | { readonly kind: "rejected"; readonly head: Head; readonly rcode: Rcode }
  | { readonly kind: "question"; readonly head: Head; readonly question: Question };

export interface Question {
  /** As it was asked; the answers' owner repeats its case. "" is the root. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** What every response repeats of its query. */
export interface Head {
  readonly id: number;
  readonly flags: number;
  /** The question section's bytes: repeated as they are, odd labels and upper case included. Empty: not repeated. */
  readonly questionBytes: Buffer;
  readonly edns: Edns | null;
}

const RESPONSE_BIT = 0x8000;
const OPCODE_BITS = 0x7800;
/** Opcode, RD and CD come back in the response (RFC 1035 4.1.1, RFC 4035 3.1.6). */
const REPEATED_BITS = OPCODE_BITS | 0x0110;
const NO_QUESTION = Buffer.alloc(0);

/** Total: no packet makes it throw. */
export function readQuery(packet: Buffer): Reading {
  if (packet.length < HEADER_BYTES || (packet.readUInt16BE(2) & RESPONSE_BIT) !== 0) {
    return { kind: "ignored" };
  }
  const id = packet.readUInt16BE(0);
  const flags = packet.readUInt16BE(2);
  const reading = readQuestion(packet);
  const edns = reading === null ? null : readEdns(packet, reading.end);
  const known = edns === null || edns === "malformed" ? null : edns;
  const bare = { id, flags: flags & REPEATED_BITS, questionBytes: NO_QUESTION, edns: known };

  // RD and CD are of QUERY alone.
  if ((flags & OPCODE_BITS) !== 0) return rejected({ ...bare, flags: flags & OPCODE_BITS }, RCODE.NOTIMP);
  if (reading === null) return rejected(bare, RCODE.FORMERR);
  const head = { ...bare, questionBytes: packet.subarray(HEADER_BYTES, reading.end) };
  if (edns === "malformed") return rejected(head, RCODE.FORMERR);
  // RFC 6891 6.1.3: a version that is not ours is told so.
  if (edns !== null && edns.version > 0) return rejected(head, RCODE.BADVERS);
  return { kind: "question", head, question: reading.question };
}

function rejected(head: Head, rcode: Rcode): Reading {
  return { kind: "rejected", head, rcode };
}

/** A query has exactly one question (RFC 9619). */
function readQuestion(packet: Buffer): { readonly question: Question; readonly end: number } | null {
  if (packet.readUInt16BE(4) !== 1) return null;
  const name = readQuestionName(packet);
  if (name === null || name.end + 4 > packet.length) return null;
  const question = {
    name: name.text,
    type: packet.readUInt16BE(name.end),
    class: packet.readUInt16BE(name.end + 2),
  };
  return { question, end: name.end + 4 };
}
