import { describe, expect, test } from "vitest";
import { LIMITS } from "tls-offload-agent/contract";
import { decodeMessage, encodeMessage } from "../../../../../provider/dns/message/codec";
import {
  DnsMessageError,
  type DnsMessage,
  type Rdata,
  type ResourceRecord,
} from "../../../../../provider/dns/message/message";
import { nameToBytes } from "../../../../../provider/dns/message/names";
import { Reader } from "../../../../../provider/dns/message/reader";

const HEADER_BYTES = 12;

/** A packet with one question, whose name's bytes are given; the header may be pointed into. */
function withName(...name: number[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, Buffer.from(name), Buffer.from([0, 1, 0, 1])]);
}

function nameIn(packet: Buffer): string | undefined {
  return decodeMessage(packet).message.questions[0]?.name;
}

/** Reads names at offsets of some bytes. */
function readAt(bytes: Buffer, ...offsets: number[]): string[] {
  return offsets.map((offset) => {
    const reader = new Reader(bytes);
    reader.offset = offset;
    return reader.name();
  });
}

describe("compression", () => {
  test("the example of RFC 1035 4.1.4 is read", () => {
    const bytes = Buffer.alloc(93);
    bytes.write("\x01F\x03ISI\x04ARPA\x00", 20, "latin1");
    bytes.write("\x03FOO\xc0\x14", 40, "latin1");
    bytes.write("\xc0\x1a", 64, "latin1");
    expect(readAt(bytes, 20, 40, 64, 92)).toEqual(["F.ISI.ARPA", "FOO.F.ISI.ARPA", "ARPA", "."]);
  });

  test.each([
    ["to itself", [0xc0, 12]],
    ["to its own label", [1, 0x61, 0xc0, 12]],
    ["to its own second label", [1, 0x61, 1, 0x62, 0xc0, 14]],
    ["forward", [0xc0, 20, 0, 0, 0, 0, 0, 0, 1, 0x61, 0]],
    ["beyond the end", [0xff, 0xff]],
    ["with half of it missing", [1, 0x61, 0xc0]],
  ])("a pointer %s is refused", (_, name) => {
    expect(() => nameIn(withName(...name))).toThrow(DnsMessageError);
  });

  test("two pointers that lead to each other are refused", () => {
    const bytes = Buffer.from([0xc0, 2, 0xc0, 0]);
    expect(() => readAt(bytes, 0)).toThrow(DnsMessageError);
    expect(() => readAt(bytes, 2)).toThrow(DnsMessageError);
  });

  test(`no name takes more than ${LIMITS.dnsCompressionPointers} pointers`, () => {
    // The root, and behind it pointers, each to the one before.
    const chain = (pointers: number): Buffer =>
      Buffer.concat([
        Buffer.of(0),
        ...Array.from({ length: pointers }, (_, at) => Buffer.of(0xc0, at === 0 ? 0 : 2 * at - 1)),
      ]);
    const read = (pointers: number): string[] => readAt(chain(pointers), 2 * pointers - 1);
    expect(read(LIMITS.dnsCompressionPointers)).toEqual(["."]);
    expect(() => read(LIMITS.dnsCompressionPointers + 1)).toThrow("goes on at no earlier one");
  });

  test("a name does not grow beyond 255 bytes by pointers", () => {
    const label = Buffer.concat([Buffer.of(63), Buffer.alloc(63, 0x61)]);
    const long = Buffer.concat([label, label, label, Buffer.of(0)]);
    const bytes = Buffer.concat([long, Buffer.concat([label, Buffer.of(0xc0, 0)])]);
    expect(readAt(bytes, 0)).toHaveLength(1);
    expect(() => readAt(bytes, long.length)).toThrow("too long");
  });

  test.each([0x40, 0x80])("a label that begins with %d, of a kind that nobody uses, is refused", (first) => {
    expect(() => nameIn(withName(first, 0))).toThrow(DnsMessageError);
  });
});

describe("a name", () => {
  const label = "a".repeat(63);
  const longest = `${label}.${label}.${label}.${"a".repeat(61)}`;

  test("of 255 bytes, with labels of 63, is written and read", () => {
    expect(nameToBytes(longest)).toHaveLength(255);
    expect(nameIn(withName(...nameToBytes(longest)))).toBe(longest);
  });

  test.each([
    ["a label of 64 bytes", `${label}a.test`],
    ["256 bytes", `${longest}a`],
    ["an empty label", "www..test"],
    ["a final dot", "www.test."],
    ["nothing in it", ""],
    ["a backslash at its end", "www\\"],
    ["an escape that is no byte", "w\\999"],
    ["a letter that is no byte", "w\u0448.test"],
  ])("with %s is refused", (_, name) => {
    expect(() => nameToBytes(name)).toThrow(DnsMessageError);
  });

  test("may hold any byte, as zone files write it", () => {
    expect(nameIn(withName(3, 0x2e, 0x5c, 0xff, 0))).toBe("\\046\\092\\255");
    expect(nameToBytes("\\.\\\\\\255")).toEqual(Buffer.from([3, 0x2e, 0x5c, 0xff, 0]));
  });
});

describe("a message", () => {
  const BARE: DnsMessage = {
    ...{ id: 1, opcode: "QUERY", flags: [], rcode: "NOERROR" },
    ...{ questions: [], answers: [], authorities: [], additionals: [] },
  };
  const HEAD = { name: ".", type: "TXT", class: "IN", ttlSeconds: 0 } as const;
  const write = (data: Rdata, change: Partial<ResourceRecord> = {}): Buffer =>
    encodeMessage({ ...BARE, answers: [{ ...HEAD, data, ...change }] });

  test.each<[string, () => Buffer]>([
    ["a text of 256 bytes", () => write({ kind: "texts", texts: ["x".repeat(256)] })],
    ["no text where one is needed", () => write({ kind: "texts", texts: [] })],
    ["a text with a character that is no byte", () => write({ kind: "texts", texts: ["\u0448"] })],
    ["data of 64 KiB", () => write({ kind: "opaque", bytes: Buffer.alloc(65_536) })],
    ["a TTL below 0", () => write({ kind: "empty" }, { ttlSeconds: -1 })],
    ["a TTL of 33 bits", () => write({ kind: "empty" }, { ttlSeconds: 2 ** 32 })],
    ["half a second", () => write({ kind: "empty" }, { ttlSeconds: 0.5 })],
    ["a type that is no number", () => write({ kind: "empty" }, { type: "TYPE99999" })],
    ["an id of 17 bits", () => encodeMessage({ ...BARE, id: 65_536 })],
    ["a response code that only TSIG has", () => encodeMessage({ ...BARE, rcode: "BADSIG" })],
    [
      "more than 65535 bytes",
      () => {
        const record: ResourceRecord = { ...HEAD, data: { kind: "opaque", bytes: Buffer.alloc(40_000) } };
        return encodeMessage({ ...BARE, answers: [record, record] });
      },
    ],
  ])("with %s is not written", (_, encode) => {
    expect(encode).toThrow(DnsMessageError);
  });

  test("that is cut anywhere, or goes on after its end, is refused", () => {
    const whole = write({ kind: "texts", texts: ["one", "two"] });
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decodeMessage(whole.subarray(0, length))).toThrow(DnsMessageError);
    }
    expect(() => decodeMessage(Buffer.concat([whole, Buffer.of(0)]))).toThrow("the packet does not");
  });

  test("whose data is longer or shorter than it says is refused", () => {
    const bytes = write({ kind: "address", address: "192.0.2.1" }, { type: "A" });
    bytes.writeUInt16BE(5, bytes.length - 6);
    expect(() => decodeMessage(Buffer.concat([bytes, Buffer.of(0)]))).toThrow("has not 5 bytes");
    bytes.writeUInt16BE(3, bytes.length - 6);
    expect(() => decodeMessage(bytes)).toThrow(DnsMessageError);
  });
});
