import { describe, expect, test } from "vitest";
import { LIMITS } from "tls-offload-agent/contract";
import { encodeMessage } from "../../../../../provider/dns/message/codec";
import type { ResourceRecord } from "../../../../../provider/dns/message/message";
import type { RcodeName } from "../../../../../provider/dns/message/mnemonics";
import { signRequest } from "../../../../../provider/dns/tsig/sign";
import { TsigVerifier, type TsigVerdict } from "../../../../../provider/dns/tsig/verify";
import { signAnswer, tampered, type AnswerSigning } from "../../../../support/dns/sign-answer";
import { keyOf } from "./keys";
import { ANSWER, REQUEST } from "./messages";

const NOW = 1_800_000_000;
const key = keyOf();
const request = signRequest(encodeMessage(REQUEST), key, NOW);

const answer = (signing: Partial<AnswerSigning> = {}, rcode: RcodeName = "NOERROR"): Buffer =>
  signAnswer(encodeMessage({ ...ANSWER, rcode }), {
    ...{ key, timeSeconds: NOW, priorMac: request.mac },
    ...signing,
  }).bytes;
const verify = (bytes: Buffer): TsigVerdict => new TsigVerifier(key, request.mac).verify(bytes, NOW);

function timeBytes(seconds: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(seconds, 0, 6);
  return bytes;
}

describe("one answer", () => {
  test("is valid only for the request that it answers", () => {
    expect(verify(answer())).toEqual({ kind: "valid", message: ANSWER });
    const another = signRequest(encodeMessage(REQUEST), key, NOW + 1);
    expect(verify(answer({ priorMac: another.mac }))).toMatchObject({ kind: "invalid", error: "BADSIG" });
  });

  test.each(["BADKEY", "BADSIG"] as const)("that refuses with %s has no MAC, and is told apart", (error) => {
    const refusal = tampered(answer({ error }, "NOTAUTH"), { mac: Buffer.alloc(0) });
    expect(verify(refusal)).toEqual({ kind: "refused", refusal: { error } });
    const claimed = tampered(answer({ error }), { mac: Buffer.alloc(0) });
    expect(verify(claimed)).toMatchObject({ kind: "invalid" });
  });

  test.each([
    [700, 700],
    [-700, -700],
  ])("that refuses with BADTIME says by how much the clocks differ: %d s", (ahead, aheadSeconds) => {
    const refusal = answer({ error: "BADTIME", other: timeBytes(NOW + ahead) }, "NOTAUTH");
    expect(verify(refusal)).toEqual({ kind: "refused", refusal: { error: "BADTIME", aheadSeconds } });
  });

  test("that says BADTIME without a MAC, a right one, or the time is not believed", () => {
    const refusal = answer({ error: "BADTIME", other: timeBytes(NOW + 700) }, "NOTAUTH");
    for (const bytes of [
      tampered(refusal, { mac: Buffer.alloc(0) }),
      tampered(refusal, { other: timeBytes(NOW + 900) }),
      answer({ error: "BADTIME" }, "NOTAUTH"),
    ]) {
      expect(verify(bytes)).toMatchObject({ kind: "invalid" });
    }
  });

  test("that refuses a signature as cut short is told apart", () => {
    const refusal = answer({ error: "BADTRUNC" }, "NOTAUTH");
    expect(verify(refusal)).toEqual({ kind: "refused", refusal: { error: "BADTRUNC" } });
  });
});

describe("an answer of several messages", () => {
  /** As a server makes it: what is signed vouches for what is not before it. */
  function answers(parts: string): Buffer[] {
    const sent: Buffer[] = [];
    let priorMac = request.mac;
    let unsignedBefore: Buffer[] | undefined;
    for (const part of parts) {
      const unsigned = encodeMessage({ ...ANSWER, answers: [numbered(sent.length)] });
      if (part === "s") {
        const before = unsignedBefore === undefined ? {} : { unsignedBefore };
        const signed = signAnswer(unsigned, { key, timeSeconds: NOW, priorMac, ...before });
        sent.push(signed.bytes);
        [priorMac, unsignedBefore] = [signed.mac, []];
      } else {
        sent.push(unsigned);
        unsignedBefore = [...(unsignedBefore ?? []), unsigned];
      }
    }
    return sent;
  }
  const numbered = (ttlSeconds: number): ResourceRecord => ({
    ...{ name: "x", type: "TXT", class: "IN", ttlSeconds },
    data: { kind: "empty" },
  });
  const kinds = (messages: readonly Buffer[]): string => {
    const verifier = new TsigVerifier(key, request.mac);
    return messages.map((bytes) => verifier.verify(bytes, NOW).kind[0]).join("");
  };

  test.each([
    ["ssss", "vvvv"],
    ["suuss", "vuuvv"],
    [`s${"u".repeat(60)}s${"u".repeat(60)}s`, `v${"u".repeat(60)}v${"u".repeat(60)}v`],
    [`s${"u".repeat(LIMITS.tsigUnsignedMessages)}s`, `v${"u".repeat(LIMITS.tsigUnsignedMessages)}v`],
  ])("holds when signed %s", (parts, expected) => {
    expect(kinds(answers(parts))).toBe(expected);
  });

  test(`breaks after ${LIMITS.tsigUnsignedMessages} messages without a signature`, () => {
    const unsigned = "u".repeat(LIMITS.tsigUnsignedMessages);
    expect(kinds(answers(`s${unsigned}us`))).toBe(`v${unsigned}ii`);
  });

  test.each<[string, (sent: Buffer[]) => (Buffer | undefined)[], string]>([
    ["lost, signed", ([one, , three]) => [one, three], "vi"],
    ["lost, unsigned", ([one, , three]) => [one, three], "vi"],
    ["taken for another", ([one, two, three]) => [one, three, two], "vii"],
    ["sent twice", ([one, two, three]) => [one, two, two, three], "vvii"],
  ])("breaks when a message is %s", (how, change, expected) => {
    const sent = answers(how.endsWith("unsigned") ? "sus" : "sss");
    const messages = change(sent).filter((bytes) => bytes !== undefined);
    expect(kinds(messages)).toBe(expected);
  });

  test("breaks when an unsigned message is changed", () => {
    const [one, two, three] = answers("sus");
    if (one === undefined || two === undefined || three === undefined) throw new Error("not three");
    two[two.length - 3] = (two[two.length - 3] ?? 0) ^ 1;
    expect(kinds([one, two, three])).toBe("vui");
  });

  test("whose first message is not signed is not believed", () => {
    expect(kinds(answers("us"))).not.toContain("v");
  });
});
