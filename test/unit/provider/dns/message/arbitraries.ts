import fc from "fast-check";
import type { DnsMessage, Rdata, ResourceRecord } from "../../../../../provider/dns/message/message";
import type { ClassName, RcodeName, TypeName } from "../../../../../provider/dns/message/mnemonics";
import { labelToText, ROOT } from "../../../../../provider/dns/message/names";

const number = (bytes: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** (8 * bytes) - 1 });
const buffer = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes));

/** Any bytes are a label, dots and backslashes too; at most 3 x 64 + 1 bytes make a name. */
const names: fc.Arbitrary<string> = fc
  .array(buffer(1, 63), { maxLength: 3 })
  .map((labels) => (labels.length === 0 ? ROOT : labels.map(labelToText).join(".")));

const texts = fc.array(
  buffer(0, 255).map((bytes) => bytes.toString("latin1")),
  { minLength: 1, maxLength: 4 },
);
const ipv6 = fc.ipV6().map((text) => new URL(`http://[${text}]/`).hostname.slice(1, -1));
const nameData = fc.record({ kind: fc.constant("name" as const), name: names });
const opaque = fc.record({ kind: fc.constant("opaque" as const), bytes: buffer(1, 300) });
const rcodes: fc.Arbitrary<RcodeName> = fc.constantFrom("NOERROR", "BADSIG", "BADTIME", "RCODE4095");

/** The data of every type, each with a form of its own. */
export const DATA: Readonly<Record<string, fc.Arbitrary<Rdata>>> = {
  A: fc.record({ kind: fc.constant("address" as const), address: fc.ipV4() }),
  AAAA: fc.record({ kind: fc.constant("address" as const), address: ipv6 }),
  CNAME: nameData,
  NS: nameData,
  PTR: nameData,
  DNAME: nameData,
  TXT: fc.record({ kind: fc.constant("texts" as const), texts }),
  SOA: fc.record({
    kind: fc.constant("soa" as const),
    primary: names,
    mailbox: names,
    serial: number(4),
    refreshSeconds: number(4),
    retrySeconds: number(4),
    expireSeconds: number(4),
    minimumSeconds: number(4),
  }),
  TSIG: fc.record({
    kind: fc.constant("tsig" as const),
    algorithm: names,
    timeSignedSeconds: number(6),
    fudgeSeconds: number(2),
    mac: buffer(0, 64),
    originalId: number(2),
    error: rcodes,
    other: buffer(0, 6),
  }),
  OPT: opaque,
  MX: opaque,
  TYPE65280: opaque,
};

const classes: fc.Arbitrary<ClassName> = fc.constantFrom("IN", "NONE", "ANY", "CLASS1232");

export function records(type: string): fc.Arbitrary<ResourceRecord> {
  const data = fc.oneof(
    fc.constant({ kind: "empty" as const }),
    DATA[type] ?? fc.constant({ kind: "empty" as const }),
  );
  return fc.record({
    name: names,
    type: fc.constant(type as TypeName),
    class: classes,
    ttlSeconds: number(4),
    data,
  });
}

const anyRecords = fc.array(fc.oneof(...Object.keys(DATA).map(records)), { maxLength: 3 });
const questions = fc.array(
  fc.record({ name: names, type: fc.constantFrom<TypeName>("SOA", "ANY", "TYPE0"), class: classes }),
  { maxLength: 2 },
);

export const messages: fc.Arbitrary<DnsMessage> = fc.record({
  id: number(2),
  opcode: fc.constantFrom("QUERY", "UPDATE", "OPCODE15"),
  flags: fc.subarray(["qr", "aa", "tc", "rd", "ra", "z", "ad", "cd"]),
  rcode: fc.constantFrom<RcodeName>("NOERROR", "NOTZONE", "RCODE15"),
  questions,
  answers: anyRecords,
  authorities: anyRecords,
  additionals: anyRecords,
});
