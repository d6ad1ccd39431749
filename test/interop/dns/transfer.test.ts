import { connect } from "node:net";
import { expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "../../../provider/dns/message/codec";
import { DnsMessageError, type ResourceRecord } from "../../../provider/dns/message/message";
import { signRequest } from "../../../provider/dns/tsig/sign";
import { TsigVerifier, type TsigVerdict } from "../../../provider/dns/tsig/verify";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { primaryOf } from "../../support/dns/primary-of";
import { framed } from "../../support/dns/scripted-primary";
import { describeUnless } from "../../support/needs";

const RECORDS = 4_000;
const ZONE = Array.from({ length: RECORDS }, (_, at) => `h${at} 60 IN TXT "${"x".repeat(60)} ${at}"`);

/** The last message vouches for what is not signed before it. */
const WHOLE = /^v[uv]*v$/;

const SERVERS = [
  ["BIND", bindMissing(), startBind],
  ["Knot", knotMissing(), startKnot],
] as const;

/** The provider asks for nothing that long; no other answers of real servers have several messages. */
for (const [kind, missing, start] of SERVERS) {
  describeUnless(missing, `a signed transfer of a zone by a real ${kind}`, () => {
    it.each(["hmac-sha256", "hmac-sha512"] as const)(
      "is verified message by message, and not when one is changed or left out (%s)",
      async (algorithm) => {
        const { messages, verdicts } = await transfer(await start({ records: ZONE, algorithm }));
        expect(messages.length).toBeGreaterThan(2);
        expect(verdicts(messages)).toMatch(WHOLE);
        expect(messages.flatMap(recordsOf).filter(({ type }) => type === "TXT")).toHaveLength(RECORDS);
        for (const [at, message] of messages.entries()) {
          const changed = Buffer.from(message);
          changed[message.length >> 1] = (changed[message.length >> 1] ?? 0) ^ 0x20;
          expect(verdicts(messages.with(at, changed))).not.toMatch(WHOLE);
          if (at < messages.length - 1) expect(verdicts(messages.toSpliced(at, 1))).not.toMatch(WHOLE);
        }
      },
    );
  });
}

interface Transfer {
  readonly messages: Buffer[];
  /** The first letters of valid, unsigned, invalid and malformed. */
  readonly verdicts: (messages: readonly Buffer[]) => string;
}

async function transfer(server: DnsPrimary): Promise<Transfer> {
  const { key, zone } = primaryOf(server);
  const question = { name: zone, type: "AXFR", class: "IN" } as const;
  const sections = { questions: [question], answers: [], authorities: [], additionals: [] };
  const request = encodeMessage({ id: 1, opcode: "QUERY", flags: [], rcode: "NOERROR", ...sections });
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const { bytes, mac } = signRequest(request, key, nowSeconds);
  return {
    messages: await collect(server, bytes),
    verdicts: (messages) => {
      const verifier = new TsigVerifier(key, mac);
      return messages.map((message) => letterOf(() => verifier.verify(message, nowSeconds))).join("");
    },
  };
}

function letterOf(verify: () => TsigVerdict): string {
  try {
    return verify().kind.charAt(0);
  } catch (error) {
    if (error instanceof DnsMessageError) return "m";
    throw error;
  }
}

/** All messages up to the SOA that ends a transfer (RFC 5936 2.2). */
async function collect({ address, port }: DnsPrimary, request: Buffer): Promise<Buffer[]> {
  const socket = connect(port, address);
  socket.write(framed(request));
  const messages: Buffer[] = [];
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      messages.push(Buffer.from(received.subarray(2, end)));
      received = received.subarray(end);
    }
    if (messages.flatMap(recordsOf).filter(({ type }) => type === "SOA").length === 2) break;
  }
  socket.destroy();
  return messages;
}

function recordsOf(message: Buffer): readonly ResourceRecord[] {
  return decodeMessage(message).message.answers;
}
