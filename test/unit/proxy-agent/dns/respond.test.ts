import {
  decode,
  encode,
  RECURSION_DESIRED,
  type DecodedPacket,
  type OptAnswer,
  type Packet,
  type RecordType,
} from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { Counters } from "../../../../proxy-agent/dns/counters";
import { respond, type Transport } from "../../../../proxy-agent/dns/respond";
import { indexZones } from "../../../../proxy-agent/dns/zone";
import { ZONES } from "../../../support/dns-zones";

const zones = indexZones(ZONES);
const send = (packet: Buffer, transport: Transport = "udp", counters = new Counters()): Buffer | null =>
  respond(packet, zones, transport, counters);

function query(name: string, type: RecordType, more: Packet = {}): Buffer {
  return encode({ type: "query", id: 4_711, questions: [{ name, type }], ...more });
}

function edns(fields: Partial<OptAnswer>): Packet {
  const opt = {
    ednsVersion: 0,
    extendedRcode: 0,
    flags: 0,
    flag_do: false,
    options: [],
    udpPayloadSize: 4_096,
  };
  return { additionals: [{ type: "OPT", name: ".", ...opt, ...fields }] };
}

type Decoded = DecodedPacket & { readonly rcode: string };

function exchange(packet: Buffer, transport: Transport = "udp"): Decoded {
  const response = send(packet, transport);
  if (response === null) {
    throw new Error("no response");
  }
  return decode(response) as Decoded;
}

const optOf = (packet: DecodedPacket): OptAnswer | undefined =>
  packet.additionals?.find((record) => record.type === "OPT");

describe("headers", () => {
  test("id, question, AA and RD come back; RA does not", () => {
    const response = exchange(query("WWW.Example.test", "A", { flags: RECURSION_DESIRED }));
    expect(response).toMatchObject({
      id: 4_711,
      type: "response",
      rcode: "NOERROR",
      flag_aa: true,
      flag_rd: true,
      flag_ra: false,
      flag_tc: false,
      questions: [{ name: "WWW.Example.test", type: "A", class: "IN" }],
    });
    expect(response.answers).toHaveLength(3);
  });

  test("another opcode is not implemented, whatever its body", () => {
    const packet = query("example.test", "SOA");
    packet.writeUInt16BE((5 << 11) | RECURSION_DESIRED, 2);
    expect(exchange(packet.subarray(0, 20))).toMatchObject({
      rcode: "NOTIMP",
      opcode: "UPDATE",
      flag_rd: false,
    });
  });

  test("a response is never answered: two servers would talk for ever", () => {
    expect(
      send(encode({ type: "response", id: 1, questions: [{ name: "example.test", type: "A" }] })),
    ).toBeNull();
  });
});

/** test. IN A; the record that follows it begins at 0x16. */
const QUESTION = "04 74657374 00 0001 0001";
/** What follows a record's owner. */
const ADDRESS = "0001 0001 00000000 0004 c0000201";

/** With one question; what more there is are additional records. */
function packetOf(count: number, hex: string): Buffer {
  const head = `0001 0000 0001 0000 0000 000${count - 1}`;
  return Buffer.from(`${head}${hex}`.replaceAll(" ", ""), "hex");
}

describe("malformed packets", () => {
  test.each([
    ["no question", encode({ type: "query", id: 1 })],
    [
      "two questions",
      query("example.test", "A", {
        questions: [
          { name: "a", type: "A" },
          { name: "b", type: "A" },
        ],
      }),
    ],
    ["cut in the question", query("example.test", "A").subarray(0, 20)],
    [
      "a question that is a pointer",
      Buffer.concat([Buffer.from("000100000001000000000000c00000010001", "hex"), Buffer.alloc(250)]),
    ],
    ["a question that points to itself", packetOf(1, "c00c 0001 0001")],
    ["a question that goes in a circle", packetOf(1, "03 777777 c00c 0001 0001")],
    ["an owner that points to itself", packetOf(2, `${QUESTION} c016 ${ADDRESS}`)],
    ["an owner that goes in a circle", packetOf(2, `${QUESTION} 01 61 c016 ${ADDRESS}`)],
    ["two owners that point to each other", packetOf(3, `${QUESTION} c026 ${ADDRESS} c016 ${ADDRESS}`)],
    [
      "two OPT records",
      query("example.test", "A", {
        additionals: [...(edns({}).additionals ?? []), ...(edns({}).additionals ?? [])],
      }),
    ],
  ])("%s is told so", (_, packet) => {
    expect(exchange(packet)).toMatchObject({ rcode: "FORMERR", answers: [] });
  });

  test("bytes that are no text come back as they were and match no name", () => {
    const packet = query("www!example.test", "A");
    // One label that holds a dot, and then one that is not UTF-8.
    packet[12 + 4] = ".".charCodeAt(0);
    expect(exchange(packet)).toMatchObject({ rcode: "REFUSED" });
    const binary = query("x.wild.example.test", "A");
    binary[13] = 0xff;
    const response = send(binary);
    expect(response?.subarray(12, binary.length)).toEqual(binary.subarray(12));
    expect(decode(response ?? binary)).toMatchObject({ rcode: "NOERROR", flag_aa: true });
  });

  test("whatever arrives, nothing is thrown, and what is answered is a response to it", () => {
    const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
    const nearlyGood = fc
      .tuple(
        fc.constantFrom(...ZONES.flatMap((zone) => zone.records.map((record) => record.name))),
        fc.constantFrom<RecordType>("A", "TXT", "HINFO", "SOA"),
        fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }),
        fc.nat(120),
        fc.boolean(),
      )
      .map(([name, type, changes, cut, withEdns]) => {
        const packet = query(name, type, withEdns ? edns({}) : {});
        for (const [offset, byte] of changes) {
          packet[offset % packet.length] = byte;
        }
        return packet.subarray(0, Math.max(packet.length - (cut > 60 ? cut : 0), 0));
      });
    fc.assert(
      fc.property(
        fc.oneof(noise, nearlyGood),
        fc.constantFrom<Transport>("udp", "tcp"),
        (packet, transport) => {
          const response = send(packet, transport);
          if (response === null) {
            return packet.length < 12 || (packet.readUInt16BE(2) & 0x8000) !== 0;
          }
          expect(response.readUInt16BE(0)).toBe(packet.readUInt16BE(0));
          expect(decode(response).type).toBe("response");
          return transport === "tcp" || response.length <= LIMITS.dnsUdpBytesMax;
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe("size and EDNS", () => {
  test("without EDNS more than 512 bytes are truncated, and TCP brings the whole", () => {
    const truncated = exchange(query("some.lb.example.test", "A"));
    expect(truncated).toMatchObject({ flag_tc: true, answers: [], rcode: "NOERROR" });
    expect(truncated.additionals).toEqual([]);
    const whole = exchange(query("some.lb.example.test", "A"), "tcp");
    expect(whole.flag_tc).toBe(false);
    expect(whole.answers).toHaveLength(40);
  });

  test("EDNS allows more, up to the documented limit", () => {
    expect(exchange(query("some.lb.example.test", "A", edns({}))).answers).toHaveLength(40);
    expect(exchange(query("many.lb.example.test", "A", edns({}))).flag_tc).toBe(true);
    expect(exchange(query("many.lb.example.test", "A", edns({ udpPayloadSize: 65_535 }))).flag_tc).toBe(true);
    expect(exchange(query("some.lb.example.test", "A", edns({ udpPayloadSize: 600 }))).flag_tc).toBe(true);
    expect(exchange(query("www.example.test", "A", edns({ udpPayloadSize: 1 }))).flag_tc).toBe(false);
  });

  test("a name is written once, so that as many addresses as can be fit into a datagram", () => {
    const packet = query("some.lb.example.test", "A");
    const addressRecordBytes = 16;
    expect(send(packet, "tcp")).toHaveLength(packet.length + 40 * addressRecordBytes);
    const chain = exchange(query("www.example.test", "A"));
    expect(chain.answers?.map(({ name }) => name)).toEqual([
      "www.example.test",
      "web.lb.example.test",
      "web.lb.example.test",
    ]);
  });

  test("OPT is answered with OPT, the DO bit comes back", () => {
    expect(optOf(exchange(query("www.example.test", "A", edns({ flags: 0x8000 }))))).toMatchObject({
      udpPayloadSize: LIMITS.dnsUdpBytesMax,
      ednsVersion: 0,
      flag_do: true,
    });
    expect(optOf(exchange(query("www.example.test", "A")))).toBeUndefined();
    expect(optOf(exchange(query("nothing.example.test", "A", edns({}))))).toBeDefined();
    const update = query("example.test", "SOA", edns({}));
    update.writeUInt16BE(5 << 11, 2);
    expect(optOf(exchange(update))).toBeDefined();
  });

  test("a later EDNS version is told BADVERS", () => {
    const response = exchange(query("www.example.test", "A", edns({ ednsVersion: 1 })));
    expect(response).toMatchObject({ rcode: "NOERROR", answers: [] });
    expect(optOf(response)).toMatchObject({ extendedRcode: 1, ednsVersion: 0 });
  });
});

test("counters tell transports, codes, truncation and malformed packets", () => {
  const counters = new Counters();
  send(query("www.example.test", "A"), "udp", counters);
  send(query("www.example.test", "A"), "tcp", counters);
  send(query("nothing.example.test", "A"), "udp", counters);
  send(query("many.lb.example.test", "A"), "udp", counters);
  send(Buffer.alloc(3), "udp", counters);
  send(encode({ type: "query", id: 1 }), "udp", counters);
  expect(counters.all()).toEqual({
    queries_udp: 5,
    queries_tcp: 1,
    responses_noerror: 3,
    responses_nxdomain: 1,
    responses_formerr: 1,
    truncated: 1,
    malformed: 2,
  });
});
