import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "../../../../../provider/dns/message/codec";
import { DnsMessageError } from "../../../../../provider/dns/message/message";
import { TSIG_ALGORITHMS, type TsigAlgorithm } from "../../../../../provider/dns/tsig/algorithms";
import { FUDGE_SECONDS, signRequest } from "../../../../../provider/dns/tsig/sign";
import { splitMessage } from "../../../../../provider/dns/tsig/split";
import { TsigVerifier, type TsigVerdict } from "../../../../../provider/dns/tsig/verify";
import { tampered } from "../../../../support/dns/sign-answer";
import { messages } from "../message/arbitraries";
import { keyOf } from "./keys";
import { REQUEST } from "./messages";
import { KNSUPDATE, KNSUPDATE_TIME_SECONDS, NSUPDATE } from "./recorded";

const ALGORITHMS = Object.keys(TSIG_ALGORITHMS) as TsigAlgorithm[];
const NOW = 1_800_000_000;

const verify = (bytes: Buffer, { key = keyOf(), now = NOW } = {}): TsigVerdict =>
  new TsigVerifier(key, null).verify(bytes, now);

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const key = keyOf(algorithm);

  test("what is signed here is verified here, whatever the message", () => {
    const unsigned = messages.map((message) => ({
      ...message,
      ...{ answers: [], authorities: [], additionals: message.answers.filter(({ type }) => type !== "TSIG") },
    }));
    fc.assert(
      fc.property(unsigned, (message) => {
        const { bytes } = signRequest(encodeMessage(message), key, NOW);
        expect(verify(bytes, { key })).toEqual({ kind: "valid", message });
      }),
      { numRuns: 50 },
    );
  });

  test("what knsupdate signed is verified here, and signed here to the same bytes", () => {
    const packet = Buffer.from(KNSUPDATE[algorithm], "hex");
    const verdict = verify(packet, { key, now: KNSUPDATE_TIME_SECONDS });
    expect(verdict).toEqual({ kind: "valid", message: { ...REQUEST, id: packet.readUInt16BE(0) } });
    const { signedBytes } = splitMessage(packet);
    expect(signRequest(signedBytes, key, KNSUPDATE_TIME_SECONDS).bytes).toEqual(packet);
  });
});

test("what nsupdate signed is verified here, and signed here to the same bytes", () => {
  const { keyName: name, secret, timeSeconds, hex } = NSUPDATE;
  const key = { name, algorithm: "hmac-sha256", secret: Buffer.from(secret, "base64") } as const;
  const packet = Buffer.from(hex, "hex");
  expect(verify(packet, { key, now: timeSeconds }).kind).toBe("valid");
  expect(signRequest(splitMessage(packet).signedBytes, key, timeSeconds).bytes).toEqual(packet);
});

describe("a signature", () => {
  const signed = signRequest(encodeMessage(REQUEST), keyOf(), NOW).bytes;

  test("holds with the key's name in any case, and behind a relay that changed the id", () => {
    const relayed = Buffer.from(signed);
    relayed.writeUInt16BE(0x9999, 0);
    expect(verify(relayed).kind).toBe("valid");
    expect(verify(tampered(signed, { algorithm: "HMAC-SHA256" }, { name: "OFFLOAD-Test" })).kind).toBe(
      "valid",
    );
  });

  test.each([
    ["with another secret", "BADSIG", { key: { ...keyOf(), secret: Buffer.from("another secret!!") } }],
    ["under another name", "BADKEY", { key: keyOf("hmac-sha256", "another") }],
    ["by another algorithm", "BADKEY", { key: keyOf("hmac-sha512") }],
    ["too long ago", "BADTIME", { now: NOW + FUDGE_SECONDS + 1 }],
    ["too far ahead", "BADTIME", { now: NOW - FUDGE_SECONDS - 1 }],
  ])("made %s is refused with %s", (_, error, settings) => {
    expect(verify(signed, settings)).toMatchObject({ kind: "invalid", error });
  });

  test.each([NOW + FUDGE_SECONDS, NOW - FUDGE_SECONDS])("made just within the fudge holds", (now) => {
    expect(verify(signed, { now }).kind).toBe("valid");
  });

  test("breaks with any bit of the message, and of what the TSIG record says", () => {
    const { lastRecordAt } = decodeMessage(signed);
    for (let bit = 2 * 8; bit < lastRecordAt * 8; bit += 1) {
      const forged = Buffer.from(signed);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(kindOf(forged)).not.toBe("valid");
    }
    for (const change of [
      { timeSignedSeconds: NOW + 1 },
      { fudgeSeconds: 3_000 },
      { originalId: 1 },
      { error: "BADTIME" },
      { other: Buffer.alloc(6) },
    ] as const) {
      expect(verify(tampered(signed, change))).toMatchObject({ kind: "invalid", error: "BADSIG" });
    }
  });

  test.each([0, 9, 10, 16, 31])("of %d bytes, cut short, is refused with BADTRUNC", (length) => {
    const { mac } = signRequest(encodeMessage(REQUEST), keyOf(), NOW);
    const cut = tampered(signed, { mac: mac.subarray(0, length) });
    expect(verify(cut)).toMatchObject({ kind: "invalid", error: "BADTRUNC" });
  });

  test("with a byte too many is refused", () => {
    const { mac } = signRequest(encodeMessage(REQUEST), keyOf(), NOW);
    const long = tampered(signed, { mac: Buffer.concat([mac, Buffer.of(0)]) });
    expect(verify(long)).toMatchObject({ kind: "invalid", error: "BADSIG" });
  });

  test("that is not there is told", () => {
    expect(verify(encodeMessage(REQUEST))).toEqual({ kind: "unsigned", message: REQUEST });
  });

  test("stands last, alone, and in a record as RFC 8945 4.2 has it", () => {
    const tsig = decodeMessage(signed).message.additionals[0];
    const other = REQUEST.authorities[0];
    if (tsig === undefined || other === undefined) throw new Error("not signed");
    for (const bytes of [
      encodeMessage({ ...REQUEST, additionals: [tsig, tsig] }),
      encodeMessage({ ...REQUEST, additionals: [tsig, other] }),
      encodeMessage({ ...REQUEST, authorities: [tsig] }),
      tampered(signed, {}, { class: "IN" }),
      tampered(signed, {}, { ttlSeconds: 1 }),
      encodeMessage({ ...REQUEST, additionals: [{ ...tsig, data: { kind: "empty" } }] }),
    ]) {
      expect(() => verify(bytes)).toThrow(DnsMessageError);
    }
  });

  function kindOf(bytes: Buffer): string {
    try {
      return verify(bytes).kind;
    } catch (error) {
      if (error instanceof DnsMessageError) return "malformed";
      throw error;
    }
  }
});
