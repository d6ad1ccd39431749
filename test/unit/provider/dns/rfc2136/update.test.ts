import { describe, expect, test } from "vitest";
import { mayHaveBeenMade } from "../../../../../provider/dns/rfc2136/failure";
import { sendUpdate } from "../../../../../provider/dns/rfc2136/update";
import { deadlineIn } from "../../../../../provider/fleet/deadline";
import { answerTo, KEY, scriptedPrimary, type Asked } from "../../../../support/dns/scripted-primary";
import { tampered } from "../../../../support/dns/sign-answer";
import { withLimit } from "../../../../support/limits";
import { failureOf, forged, refusal, send, timeBytes, unsigned, UPDATE } from "./sending";

const WHAT = "the update of zone example.test";

describe("the primary's word", () => {
  test("is heard over TCP, and the request is a signed update of the zone", async () => {
    const { primary, asked } = await scriptedPrimary((it) => [answerTo(it)]);
    expect(await send(primary)).toEqual({ kind: "done" });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      transport: "tcp",
      message: { opcode: "UPDATE", questions: [{ name: "example.test", type: "SOA", class: "IN" }] },
    });
  });

  test("is heard where it leaves its sections out", async () => {
    const { primary } = await scriptedPrimary((it) => [answerTo(it, { questions: [] })]);
    expect(await send(primary)).toEqual({ kind: "done" });
  });

  test.each(["YXDOMAIN", "NXDOMAIN", "YXRRSET", "NXRRSET"] as const)(
    "%s tells which prerequisite did not hold",
    async (rcode) => {
      const { primary } = await scriptedPrimary((it) => [answerTo(it, { rcode })]);
      expect(await send(primary)).toEqual({ kind: "unmet", rcode });
    },
  );

  test.each([
    ["NOTAUTH", "DNS_ZONE_NOT_SERVED"],
    ["NOTZONE", "DNS_NAME_OUTSIDE_ZONE"],
    ["REFUSED", "DNS_PRIMARY_REFUSES"],
    ["SERVFAIL", "DNS_PRIMARY_FAILED"],
    ["FORMERR", "DNS_FORM_REFUSED"],
    ["NOTIMP", "DNS_UPDATES_NOT_IMPLEMENTED"],
    ["RCODE15", "DNS_RCODE_UNEXPECTED"],
  ] as const)("%s is the error %s, after one try, and nothing was changed", async (rcode, code) => {
    const { primary, asked } = await scriptedPrimary((it) => [answerTo(it, { rcode })]);
    const failure = await failureOf(send(primary));
    expect(failure).toMatchObject({ code });
    expect(mayHaveBeenMade(failure)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["BADKEY", "TSIG_KEY_UNKNOWN"],
    ["BADSIG", "TSIG_SIGNATURE_REFUSED"],
  ] as const)("%s, which no server can sign, is the error %s", async (error, code) => {
    const { primary } = await scriptedPrimary((it) => [refusal(it, error)]);
    await expect(send(primary)).rejects.toMatchObject({ code });
  });

  test.each([
    [1_000, "the DNS server at 127.0.0.1 port {port} is 1000 s ahead of the clock of this machine"],
    [-1_000, "this machine is 1000 s ahead of the clock of the DNS server at 127.0.0.1 port {port}"],
  ])("BADTIME says whose clock is ahead (%d s)", async (aheadSeconds, text) => {
    const { primary } = await scriptedPrimary((it) => {
      const other = timeBytes(Math.floor(Date.now() / 1_000) + aheadSeconds);
      return [answerTo(it, { rcode: "NOTAUTH" }, { error: "BADTIME", other })];
    });
    const failure = await failureOf(send(primary));
    expect(failure).toMatchObject({ code: "TSIG_CLOCKS_APART" });
    // Between the server's look at its clock and ours a second may pass.
    const [expected, seen] = [text.replace("{port}", String(primary.port)), failure.message].map((message) =>
      message.replace(/(999|1000|1001) s/, "about 1000 s"),
    );
    expect(seen).toContain(expected);
  });
});

describe("what is not the primary's word", () => {
  test.each<[string, (asked: Asked) => Buffer, string, string]>([
    [
      "with another id",
      (it) => answerTo(it, { id: it.message.id ^ 1 }),
      "DNS_ANSWER_FOREIGN",
      "it has another id",
    ],
    [
      "about another zone",
      (it) => answerTo(it, { questions: [{ name: "example.com", type: "SOA", class: "IN" }] }),
      "DNS_ANSWER_FOREIGN",
      "it is about another question",
    ],
    ["that asks itself", (it) => answerTo(it, { flags: [] }), "DNS_ANSWER_FOREIGN", "it is a request itself"],
    ["to a query", (it) => answerTo(it, { opcode: "QUERY" }), "DNS_ANSWER_FOREIGN", "it is about QUERY"],
    [
      "of another protocol",
      () => Buffer.from("SSH-2.0-OpenSSH\r\n"),
      "DNS_ANSWER_FOREIGN",
      "it is no DNS message, because the name",
    ],
    ["without a signature", (it) => unsigned(it), "TSIG_ANSWER_UNSIGNED", "with NOERROR and without"],
    [
      "about a condition, unsigned",
      (it) => unsigned(it, "YXDOMAIN"),
      "TSIG_ANSWER_UNSIGNED",
      "with YXDOMAIN",
    ],
    ["with a forged MAC", (it) => forged(it), "TSIG_ANSWER_INVALID", "is not the one that the key makes"],
    [
      "signed with another key",
      (it) => answerTo(it, {}, { key: { ...KEY, name: "another" } }),
      "TSIG_ANSWER_INVALID",
      "it is signed with another, hmac-sha256",
    ],
    [
      "with its MAC cut short",
      (it) => tampered(answerTo(it), { mac: Buffer.alloc(16) }),
      "TSIG_ANSWER_INVALID",
      "its MAC has 16 bytes",
    ],
    [
      "signed long ago",
      (it) => answerTo(it, {}, { timeSeconds: 1_000_000_000 }),
      "TSIG_ANSWER_INVALID",
      "s from now",
    ],
    [
      "that answers another request",
      (it) => answerTo(it, {}, { priorMac: Buffer.alloc(32) }),
      "TSIG_ANSWER_INVALID",
      "is not the one that the key makes",
    ],
  ])("an answer %s is told, and that the change may have been made", async (_, reply, code, text) => {
    const { primary, asked } = await scriptedPrimary((it) => [reply(it)]);
    const failure = await failureOf(send(primary));
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(text);
    expect(mayHaveBeenMade(failure)).toBe(true);
    expect(asked).toHaveLength(1);
  });
});

describe("an answer that is lost", () => {
  const REMEDY =
    "Run `pulumi up` again: it looks at what the zone has now, and goes on from there. If it stays, look at the " +
    "server's log. (DNS_UPDATE_UNANSWERED)";

  test("leaves it open whether the change was made, and it is not sent again", async () => {
    const { primary, asked } = await scriptedPrimary(() => "cut");
    const failure = await failureOf(send(primary));
    expect(failure.message).toBe(
      `the DNS server at 127.0.0.1 port ${primary.port} was sent ${WHAT} and did not say what became of it: ` +
        `the connection was closed before the answer was complete. ${REMEDY}`,
    );
    expect(mayHaveBeenMade(failure)).toBe(true);
    expect(asked).toHaveLength(1);
  });

  test("is not waited for longer than the operation lasts", async () => {
    const { primary, asked } = await scriptedPrimary(() => []);
    const failure = await failureOf(send(primary, 1));
    expect(failure.message).toMatch(/what became of it: no answer over TCP within \d\.\d s\. Run/);
    expect(asked).toHaveLength(1);
  });

  test("is not waited for longer than the limit", async () => {
    const { primary } = await scriptedPrimary(() => []);
    const failure = await withLimit("dnsAnswerSeconds", 0.2, () => failureOf(send(primary, 100)));
    expect(failure.message).toContain("no answer over TCP within 0.2 s");
  });

  test("is not sent for when there is no time left", async () => {
    const { primary, asked } = await scriptedPrimary((it) => [answerTo(it)]);
    await expect(send(primary, 0)).rejects.toMatchObject({ code: "OPERATION_TIMED_OUT" });
    expect(asked).toEqual([]);
  });
});

test("a record that has no place in a message is refused before anything is sent", async () => {
  const { primary, asked } = await scriptedPrimary((it) => [answerTo(it)]);
  const record = { type: "A", name: "www.example.test", ttlSeconds: 60, address: "192.0.2" } as const;
  const update = { prerequisites: UPDATE.prerequisites, changes: [{ kind: "add", record } as const] };
  await expect(sendUpdate(primary, update, deadlineIn(5))).rejects.toThrow('"192.0.2" is no address');
  expect(asked).toEqual([]);
});
