import { decodeMessage } from "../../../../provider/dns/message/codec";
import type { Rdata, ResourceRecord } from "../../../../provider/dns/message/message";

/** What two servers' responses to one query are compared by. */
export interface View {
  /** "NOERROR", "BADVERS", ... */
  readonly rcode: string;
  readonly opcode: string;
  /** "qr", "aa", ... */
  readonly flags: readonly string[];
  readonly questions: readonly string[];
  /** "www.example.test 600 IN CNAME host.example.test" */
  readonly answers: readonly string[];
  readonly authorities: readonly string[];
  /** null: no OPT record. */
  readonly edns: EdnsView | null;
}

interface EdnsView {
  readonly version: number;
  readonly udpBytes: number;
  readonly dnssecOk: boolean;
  /** Codes. */
  readonly options: readonly number[];
}

const BADVERS = 1;

export function viewOf(response: Buffer | null): View | null {
  if (response === null) return null;
  const { message } = decodeMessage(response);
  const opt = message.additionals.find(({ type }) => type === "OPT");
  const extended = opt === undefined ? 0 : Math.floor(opt.ttlSeconds / 2 ** 24);
  return {
    rcode: extended === BADVERS && message.rcode === "NOERROR" ? "BADVERS" : message.rcode,
    opcode: message.opcode,
    flags: message.flags,
    questions: message.questions.map(({ name, type, class: klass }) => `${name} ${klass} ${type}`),
    answers: linesOf(message.answers),
    authorities: linesOf(message.authorities),
    edns: opt === undefined ? null : ednsOf(opt),
  };
}

function ednsOf({ class: klass, ttlSeconds, data }: ResourceRecord): EdnsView {
  return {
    version: (ttlSeconds >> 16) & 0xff,
    udpBytes: Number(klass.slice("CLASS".length)),
    dnssecOk: (ttlSeconds & 0x8000) !== 0,
    options: data.kind === "opaque" ? optionCodes(data.bytes) : [],
  };
}

function optionCodes(bytes: Buffer): number[] {
  if (bytes.length === 0) return [];
  return [bytes.readUInt16BE(0), ...optionCodes(bytes.subarray(4 + bytes.readUInt16BE(2)))];
}

/** The order within a set of records of one name and type means nothing (RFC 2181 5), that of the sets does. */
function linesOf(records: readonly ResourceRecord[]): string[] {
  const setOf = ({ name, type }: ResourceRecord): string => `${name} ${type}`;
  const sets = [...new Set(records.map(setOf))];
  return sets.flatMap((set) =>
    records
      .filter((record) => setOf(record) === set)
      .map(lineOf)
      .sort(),
  );
}

function lineOf({ name, class: klass, type, ttlSeconds, data }: ResourceRecord): string {
  return `${name} ${ttlSeconds} ${klass} ${type} ${dataText(data)}`;
}

function dataText(data: Rdata): string {
  if (data.kind === "address") return data.address;
  return data.kind === "name" ? data.name : JSON.stringify(data);
}
