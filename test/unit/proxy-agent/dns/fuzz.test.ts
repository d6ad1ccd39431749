import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { Counters } from "../../../../proxy-agent/dns/counters";
import { respond, type Transport } from "../../../../proxy-agent/dns/respond";
import { indexZones } from "../../../../proxy-agent/dns/zone";
import { decodeMessage } from "../../../../provider/dns/message/codec";
import type { DnsMessage } from "../../../../provider/dns/message/message";
import { ZONES } from "../../../support/dns-zones";
import { mutated } from "../../../support/dns/mutated";
import { questionPacket } from "../../../support/dns/question";
import { bytesInUse } from "../../../support/heap";

const PACKETS = process.env["TEST_LONG"] === "1" ? 1_000_000 : 50_000;
const TIMEOUT_MILLISECONDS = 30 * 60_000;
/** A hundred bytes kept of each packet would be more. */
const SLACK_BYTES = 4 * 1024 * 1024;
const HEADER_BYTES = 12;
const RESPONSE = 0x8000;
const [A, SOA, TXT, ANY, NOTIFY, UPDATE] = [1, 6, 16, 255, 4, 5];

const NAMES = ["www", "x.wild", "step0", "many.lb", "some.lb", "long", "nothing", "empty"];
const SEEDS: readonly Buffer[] = [
  ...NAMES.flatMap((name) => {
    const labels = [...name.split("."), "example", "test"];
    return [
      questionPacket(1, { labels, type: A }),
      questionPacket(2, { labels, type: TXT, edns: { udpBytes: 4_096, options: [[10, Buffer.alloc(8)]] } }),
      questionPacket(3, {
        labels: labels.map((label) => label.toUpperCase()),
        type: ANY,
        edns: { udpBytes: 700 },
      }),
    ];
  }),
  questionPacket(4, { labels: ["example", "test"], type: SOA, opcode: NOTIFY }),
  questionPacket(5, { labels: ["example", "test"], type: SOA, opcode: UPDATE, edns: { udpBytes: 512 } }),
  questionPacket(6, { labels: ["example", "test"], type: SOA, edns: { udpBytes: 512, version: 1 } }),
];

const zones = indexZones(ZONES);
const counters = new Counters();

describe(`${PACKETS.toLocaleString("en")} damaged packets`, { timeout: TIMEOUT_MILLISECONDS }, () => {
  test("neither crash nor hang the DNS server, nor grow it, nor get more than they may", () => {
    const packets = mutated(SEEDS);
    const transports = fc.constantFrom<Transport>("udp", "tcp");
    const run = (count: number): void => {
      fc.assert(
        fc.property(packets, transports, (packet, transport) => {
          const response = respond(packet, zones, transport, counters);
          expect(response === null).toBe(getsNone(packet));
          if (response !== null) judge(packet, response, transport);
        }),
        { numRuns: count },
      );
    };
    run(PACKETS / 10);
    const before = bytesInUse();
    run(PACKETS - PACKETS / 10);
    expect(bytesInUse() - before).toBeLessThan(SLACK_BYTES);

    // The damage is neither too little nor too much: every kind of response was among them.
    const { failed, ...kinds } = counters.all();
    expect(failed).toBeUndefined();
    for (const kind of ["noerror", "nxdomain", "refused", "formerr", "notimp", "badvers"]) {
      expect(kinds[`responses_${kind}`]).toBeGreaterThan(PACKETS / 1_000);
    }
    expect(kinds["truncated"]).toBeGreaterThan(PACKETS / 1_000);
  });
});

function getsNone(packet: Buffer): boolean {
  return packet.length < HEADER_BYTES || (packet.readUInt16BE(2) & RESPONSE) !== 0;
}

/** A whole message, by another reader than the server's own, that is the response to this packet. */
function judge(packet: Buffer, response: Buffer, transport: Transport): void {
  const { message } = decodeMessage(response);
  expect(message.id).toBe(packet.readUInt16BE(0));
  expect(message.flags).toContain("qr");
  expect(response.length).toBeLessThanOrEqual(transport === "tcp" ? 65_535 : allowedBytes(packet, message));
}

/** Whoever got an OPT record sent one, and takes as much as that says. */
function allowedBytes(packet: Buffer, response: DnsMessage): number {
  if (response.additionals.length === 0) return LIMITS.dnsUdpBytes;
  const opt = decodedOrNull(packet)?.additionals.find(({ type }) => type === "OPT");
  const wanted = opt === undefined ? LIMITS.dnsUdpBytesMax : Number(opt.class.replace("CLASS", ""));
  return Math.max(LIMITS.dnsUdpBytes, Math.min(wanted || 0, LIMITS.dnsUdpBytesMax));
}

function decodedOrNull(packet: Buffer): DnsMessage | null {
  try {
    return decodeMessage(packet).message;
  } catch {
    return null;
  }
}
