import {
  AUTHORITATIVE_ANSWER,
  decode,
  DNSSEC_OK,
  encode,
  TRUNCATED_RESPONSE,
  type OptAnswer,
} from "dns-packet";
import { LIMITS } from "../contract/limits";
import type { Question, Response } from "./answer";
import { RCODE, type Rcode } from "./rcode";

/** What a packet turned out to be. Total: no packet makes readQuery throw. */
export type Reading =
  /** A response, or too short to be answered: answering could make two servers talk for ever. */
  | { readonly kind: "ignored" }
  | { readonly kind: "rejected"; readonly head: Head; readonly rcode: Rcode }
  | { readonly kind: "question"; readonly head: Head; readonly question: Question };

/** What every response repeats of its query. */
export interface Head {
  readonly id: number;
  readonly flags: number;
  /** The question section's bytes: repeated as they are, odd labels and upper case included. */
  readonly questionBytes: Buffer;
  readonly edns: { readonly udpBytes: number; readonly dnssecOk: boolean } | null;
}

const HEADER_BYTES = 12;
const RESPONSE_BIT = 0x8000;
const OPCODE_BITS = 0x7800;
/** Opcode, RD and CD come back in the response (RFC 1035 4.1.1, RFC 4035 3.1.6). */
const REPEATED_BITS = OPCODE_BITS | 0x0110;
const NO_QUESTION = Buffer.alloc(0);

export function readQuery(packet: Buffer): Reading {
  if (packet.length < HEADER_BYTES || (packet.readUInt16BE(2) & RESPONSE_BIT) !== 0) {
    return { kind: "ignored" };
  }
  const flags = packet.readUInt16BE(2);
  const bare = { id: packet.readUInt16BE(0), flags, questionBytes: NO_QUESTION, edns: null };
  if ((flags & OPCODE_BITS) !== 0) {
    return { kind: "rejected", head: bare, rcode: RCODE.NOTIMP };
  }
  const name = readName(packet);
  const decoded = decodeOrNull(packet);
  const question = decoded?.questions?.[0];
  if (name === null || decoded === null || question === undefined || decoded.questions?.length !== 1) {
    return { kind: "rejected", head: bare, rcode: RCODE.FORMERR };
  }
  const options = (decoded.additionals ?? []).filter((record) => record.type === "OPT");
  const head = {
    ...bare,
    questionBytes: packet.subarray(HEADER_BYTES, name.end + 4),
    edns: ednsOf(options[0]),
  };
  // RFC 6891 6.1.1: more than one OPT is malformed; 6.1.3: a version that is not ours is told so.
  if (options.length > 1 || options.some((option) => option.name !== ".")) {
    return { kind: "rejected", head, rcode: RCODE.FORMERR };
  }
  if ((options[0]?.ednsVersion ?? 0) > 0) {
    return { kind: "rejected", head, rcode: RCODE.BADVERS };
  }
  return {
    kind: "question",
    head,
    question: { name: name.text, type: question.type, class: question.class ?? "IN" },
  };
}

/** Truncates to an empty response with TC when it would not fit: the client comes back over TCP (RFC 2181 9). */
export function writeResponse(head: Head, response: Response, maxBytes: number): Buffer {
  const whole = write(head, response, 0);
  return whole.length <= maxBytes
    ? whole
    : write(head, { ...response, answers: [], authorities: [] }, TRUNCATED_RESPONSE);
}

export function isTruncated(packet: Buffer): boolean {
  return (packet.readUInt16BE(2) & TRUNCATED_RESPONSE) !== 0;
}

function write(head: Head, response: Response, truncation: number): Buffer {
  const packet = encode({
    type: "response",
    id: head.id,
    flags:
      (head.flags & REPEATED_BITS) |
      (response.authoritative ? AUTHORITATIVE_ANSWER : 0) |
      truncation |
      (response.rcode & 0xf),
    answers: [...response.answers],
    authorities: [...response.authorities],
    additionals: head.edns === null ? [] : [optOf(response.rcode, head.edns.dnssecOk)],
  });
  packet.writeUInt16BE(head.questionBytes.length === 0 ? 0 : 1, 4);
  return Buffer.concat([packet.subarray(0, HEADER_BYTES), head.questionBytes, packet.subarray(HEADER_BYTES)]);
}

function optOf(rcode: Rcode, dnssecOk: boolean): OptAnswer {
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize: LIMITS.dnsUdpBytesMax,
    extendedRcode: rcode >> 4,
    ednsVersion: 0,
    flags: dnssecOk ? DNSSEC_OK : 0,
    flag_do: dnssecOk,
    options: [],
  };
}

function ednsOf(option: OptAnswer | undefined): Head["edns"] {
  return option === undefined ? null : { udpBytes: option.udpPayloadSize, dnssecOk: option.flag_do };
}

function decodeOrNull(packet: Buffer): ReturnType<typeof decode> | null {
  try {
    return decode(packet);
  } catch {
    return null;
  }
}

/**
 * The question's name, label by label: dns-packet loses bytes that are not UTF-8 and takes a dot within a label for
 * a border. Such bytes become \DDD (RFC 4343 2.1), which no name in a zone holds.
 */
function readName(packet: Buffer): { text: string; end: number } | null {
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (;;) {
    const length = packet[offset];
    // Nothing comes before the question that a compression pointer could point to.
    if (length === undefined || length > 63 || offset - HEADER_BYTES > 254) {
      return null;
    }
    if (length === 0) {
      const end = offset + 1;
      return end + 4 > packet.length ? null : { text: labels.join("."), end };
    }
    labels.push(labelText(packet.subarray(offset + 1, offset + 1 + length)));
    offset += 1 + length;
  }
}

function labelText(label: Buffer): string {
  return label
    .toString("latin1")
    .replaceAll(/[^!-~]|[.\\]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`);
}
