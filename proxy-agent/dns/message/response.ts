import { LIMITS } from "../../contract/limits";
import { writeEdns } from "./edns";
import { parentOf, readQuestionName } from "./names";
import type { Head } from "./query";
import type { Rcode } from "./rcode";
import type { ResourceRecord } from "./record";
import { CLASS_IN, HEADER_BYTES, POINTER } from "./types";

export interface Response {
  readonly rcode: Rcode;
  readonly authoritative: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
}

const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
/** A pointer has 14 bits for the place that it leads to. */
const POINTED_BYTES = 0x4000;

/** Truncates to an empty response with TC when it would not fit: the client comes back over TCP (RFC 2181 9). */
export function writeResponse(head: Head, response: Response, maxBytes: number): Buffer {
  const whole = write(head, response, 0);
  return whole.length <= maxBytes
    ? whole
    : write(head, { ...response, answers: [], authorities: [] }, TRUNCATED);
}

export function isTruncated(packet: Buffer): boolean {
  return (packet.readUInt16BE(2) & TRUNCATED) !== 0;
}

function write(head: Head, response: Response, truncation: number): Buffer {
  const { rcode, authoritative, answers, authorities } = response;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(head.id, 0);
  const flags = RESPONSE | head.flags | (authoritative ? AUTHORITATIVE : 0) | truncation | (rcode & 0xf);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(head.questionBytes.length === 0 ? 0 : 1, 4);
  header.writeUInt16BE(answers.length, 6);
  header.writeUInt16BE(authorities.length, 8);
  header.writeUInt16BE(head.edns === null ? 0 : 1, 10);

  const writer = new Writer(Buffer.concat([header, head.questionBytes]));
  for (const record of [...answers, ...authorities]) writer.record(record);
  if (head.edns !== null) writer.bytes(writeEdns(rcode >> 4, LIMITS.dnsUdpBytesMax, head.edns.dnssecOk));
  return writer.packet();
}

/** Every name is written once, and pointed to from then on (RFC 1035 4.1.4). Where cases differ, names do. */
class Writer {
  readonly #parts: Buffer[];
  readonly #places = new Map<string, number>();
  #length: number;

  constructor(start: Buffer) {
    this.#parts = [start];
    this.#length = start.length;
    const question = start.length > HEADER_BYTES ? readQuestionName(start) : null;
    let place = HEADER_BYTES;
    for (let name = question?.text ?? null; name !== null && name !== ""; name = parentOf(name)) {
      this.#places.set(name, place);
      place += 1 + start.readUInt8(place);
    }
  }

  packet(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }

  bytes(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  record({ name, type, ttlSeconds, data }: ResourceRecord): void {
    this.#name(name);
    const fixed = Buffer.alloc(10);
    fixed.writeUInt16BE(type, 0);
    fixed.writeUInt16BE(CLASS_IN, 2);
    fixed.writeUInt32BE(ttlSeconds, 4);
    this.bytes(fixed);
    const start = this.#length;
    for (const part of data) {
      if (typeof part === "string") this.#name(part);
      else this.bytes(part);
    }
    fixed.writeUInt16BE(this.#length - start, 8);
  }

  #name(name: string): void {
    for (let rest: string | null = name; rest !== null && rest !== ""; rest = parentOf(rest)) {
      const place = this.#places.get(rest);
      if (place !== undefined) {
        this.bytes(Buffer.of(POINTER | (place >> 8), place & 0xff));
        return;
      }
      if (this.#length < POINTED_BYTES) this.#places.set(rest, this.#length);
      const [label = ""] = rest.split(".", 1);
      this.bytes(Buffer.from(`${String.fromCharCode(label.length)}${label}`, "latin1"));
    }
    this.bytes(Buffer.of(0));
  }
}
