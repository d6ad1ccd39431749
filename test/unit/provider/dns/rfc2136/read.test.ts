import { describe, expect, test } from "vitest";
import type { ResourceRecord } from "../../../../../provider/dns/message/message";
import { readRecords } from "../../../../../provider/dns/rfc2136/read";
import { deadlineIn } from "../../../../../provider/fleet/deadline";
import { answerTo, scriptedPrimary, type Asked } from "../../../../support/dns/scripted-primary";
import { withLimit } from "../../../../support/limits";
import { failureOf, forged, unsigned } from "./sending";

const NAME = "www.example.test";
const head = { class: "IN", ttlSeconds: 600 } as const;

const cname: ResourceRecord = {
  ...{ ...head, name: "WWW.Example.test", type: "CNAME" },
  data: { kind: "name", name: "Web.LB.example.test" },
};
const address: ResourceRecord = {
  ...{ ...head, name: "web.lb.example.test", type: "A" },
  data: { kind: "address", address: "192.0.2.1" },
};
const mail: ResourceRecord = {
  ...{ ...head, name: NAME, type: "MX" },
  data: { kind: "opaque", bytes: Buffer.from("000a00", "hex") },
};
const text: ResourceRecord = {
  ...{ ...head, name: NAME, type: "TXT" },
  data: { kind: "texts", texts: ["one", "two"] },
};

const authoritative = { flags: ["qr", "aa"] } as const;

describe("what stands at a name", () => {
  test("is told once, in lower case, and nothing of where a CNAME leads", async () => {
    const { primary, asked } = await scriptedPrimary((it) => [
      answerTo(it, { ...authoritative, answers: [cname, address] }),
    ]);
    const read = await readRecords(primary, NAME, ["A", "AAAA", "CNAME"], deadlineIn(20));
    expect(read).toEqual({
      authoritative: true,
      nameExists: true,
      records: [{ type: "CNAME", name: NAME, ttlSeconds: 600, target: "web.lb.example.test" }],
      otherTypes: [],
    });
    expect(asked.map(({ message }) => message.questions[0]?.type)).toEqual(["A", "AAAA", "CNAME"]);
  });

  test("is told by its type where this provider does not write such records", async () => {
    const { primary } = await scriptedPrimary((it) => [
      answerTo(it, { ...authoritative, answers: [text, mail, mail] }),
    ]);
    expect(await readRecords(primary, NAME, ["ANY"], deadlineIn(20))).toMatchObject({
      records: [{ type: "TXT", name: NAME, ttlSeconds: 600, texts: ["one", "two"] }],
      otherTypes: ["MX"],
    });
  });

  test("may be nothing, with the name or without", async () => {
    const answers = [{ rcode: "NOERROR" }, { rcode: "NXDOMAIN" }] as const;
    const { primary, asked } = await scriptedPrimary((it) => [
      answerTo(it, { ...authoritative, ...answers[asked.length - 1] }),
    ]);
    const read = (): Promise<unknown> => readRecords(primary, NAME, ["TXT"], deadlineIn(20));
    expect(await read()).toMatchObject({ nameExists: true, records: [] });
    expect(await read()).toMatchObject({ nameExists: false, records: [] });
  });

  test("is there although the CNAME leads nowhere, which has NXDOMAIN", async () => {
    const { primary } = await scriptedPrimary((it) => [
      answerTo(it, { ...authoritative, rcode: "NXDOMAIN", answers: [cname] }),
    ]);
    expect(await readRecords(primary, NAME, ["A"], deadlineIn(20))).toMatchObject({ nameExists: true });
  });

  test("is not the primary's to say where the name is delegated", async () => {
    const { primary } = await scriptedPrimary((it) => [answerTo(it)]);
    expect(await readRecords(primary, NAME, ["A"], deadlineIn(20))).toMatchObject({ authoritative: false });
  });
});

describe("a question", () => {
  test.each([
    ["REFUSED", "DNS_PRIMARY_REFUSES"],
    ["SERVFAIL", "DNS_PRIMARY_FAILED"],
  ] as const)("that is answered with %s names the name", async (rcode, code) => {
    const { primary } = await scriptedPrimary((it) => [answerTo(it, { rcode })]);
    const failure = await failureOf(readRecords(primary, NAME, ["TXT"], deadlineIn(20)));
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain("the question for www.example.test TXT");
  });

  test.each<[string, (asked: Asked) => Buffer, string]>([
    ["unsigned", (it) => unsigned(it), "TSIG_ANSWER_UNSIGNED"],
    ["forged", (it) => forged(it), "TSIG_ANSWER_INVALID"],
    ["without its question", (it) => answerTo(it, { questions: [] }), "DNS_ANSWER_FOREIGN"],
  ])("is not answered by what is %s", async (_, reply, code) => {
    const { primary } = await scriptedPrimary((it) => [reply(it)]);
    await expect(readRecords(primary, NAME, ["TXT"], deadlineIn(20))).rejects.toMatchObject({ code });
  });

  test("is asked again when its answer is lost", async () => {
    const { primary, asked } = await scriptedPrimary((it) =>
      asked.length < 3 ? "cut" : [answerTo(it, { ...authoritative, answers: [text] })],
    );
    const read = await withLimit("dnsRetrySeconds", 0.05, () =>
      readRecords(primary, NAME, ["TXT"], deadlineIn(20)),
    );
    expect(read.records).toHaveLength(1);
    expect(asked).toHaveLength(3);
  });

  test("that nobody answers in time is told, and that nothing was changed", async () => {
    const { primary } = await scriptedPrimary(() => []);
    const failure = await failureOf(readRecords(primary, NAME, ["TXT"], deadlineIn(1)));
    expect(failure.message.replace(/\d\.\d s/, "1.0 s")).toBe(
      `the DNS server at 127.0.0.1 port ${primary.port} did not answer the question for www.example.test TXT: no answer ` +
        "over TCP within 1.0 s. Look at the server's log and load, and run the same command again. Nothing was " +
        "changed. (DNS_PRIMARY_SILENT)",
    );
  });
});
