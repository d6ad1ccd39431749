import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "../../../../../provider/dns/message/codec";
import { DnsMessageError, type DnsMessage } from "../../../../../provider/dns/message/message";
import { judgeAnswer } from "../../../../../provider/dns/rfc2136/answer";
import { signRequest } from "../../../../../provider/dns/tsig/sign";
import { mutated } from "../../../../support/dns/mutated";
import { signAnswer } from "../../../../support/dns/sign-answer";
import { bytesInUse } from "../../../../support/heap";
import { keyOf } from "../tsig/keys";
import { ANSWER, REQUEST } from "../tsig/messages";
import { KNSUPDATE, NSUPDATE } from "../tsig/recorded";
import { messages } from "./arbitraries";

const PACKETS = process.env["TEST_LONG"] === "1" ? 1_000_000 : 50_000;
const TIMEOUT_MILLISECONDS = 30 * 60_000;
/** What a single packet may make of itself is far below; what is kept of each would be far above. */
const SLACK_BYTES = 8 * 1024 * 1024;
const NOW = 1_800_000_000;

const key = keyOf();
const request = signRequest(encodeMessage(REQUEST), key, NOW);
const answer = signAnswer(encodeMessage(ANSWER), { key, timeSeconds: NOW, priorMac: request.mac }).bytes;
const sent = { message: REQUEST, key, mac: request.mac };

const SEEDS: readonly Buffer[] = [
  ...Object.values(KNSUPDATE).map((hex) => Buffer.from(hex, "hex")),
  Buffer.from(NSUPDATE.hex, "hex"),
  ...fc.sample(messages, { numRuns: 20, seed: 1 }).map(encodeMessage),
  answer,
];

/** null: refused, and in the one way in which packets are. */
function decoded(packet: Buffer): DnsMessage | null {
  try {
    return decodeMessage(packet).message;
  } catch (error) {
    if (error instanceof DnsMessageError) return null;
    throw error;
  }
}

describe(`${PACKETS.toLocaleString("en")} damaged packets`, { timeout: TIMEOUT_MILLISECONDS }, () => {
  test("neither crash nor hang whoever reads them, nor are two things at once, nor leave anything in memory", () => {
    const counted = { read: 0, refused: 0 };
    const run = (packets: number): void => {
      fc.assert(
        fc.property(mutated(SEEDS), (packet) => {
          const message = decoded(packet);
          counted[message === null ? "refused" : "read"] += 1;
          if (message !== null) expect(decoded(written(message) ?? packet)).toEqual(message);
        }),
        { numRuns: packets },
      );
    };
    run(PACKETS / 10);
    const before = bytesInUse();
    run(PACKETS - PACKETS / 10);
    expect(bytesInUse() - before).toBeLessThan(SLACK_BYTES);
    // The damage is neither too little nor too much.
    expect(Math.min(counted.read, counted.refused)).toBeGreaterThan(PACKETS / 50);
  });

  test("are never taken for the primary's word, but where it says the same", () => {
    fc.assert(
      fc.property(mutated([answer]), (packet) => {
        const verdict = judgeAnswer(sent, packet, NOW);
        if (verdict.kind === "answer") expect(verdict.message).toEqual(ANSWER);
      }),
      { numRuns: PACKETS },
    );
    expect(judgeAnswer(sent, answer, NOW).kind).toBe("answer");
  });
});

/** Without compression a message may be too long. */
function written(message: DnsMessage): Buffer | null {
  try {
    return encodeMessage(message);
  } catch (error) {
    if (error instanceof DnsMessageError) return null;
    throw error;
  }
}
