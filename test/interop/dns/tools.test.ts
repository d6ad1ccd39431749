import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "../../../provider/dns/message/codec";
import type { DnsMessage } from "../../../provider/dns/message/message";
import { updateRequest } from "../../../provider/dns/rfc2136/messages";
import type { Primary } from "../../../provider/dns/rfc2136/primary";
import type { Prerequisite, RecordData, ZoneChange, ZoneUpdate } from "../../../provider/dns/rfc2136/types";
import { TSIG_ALGORITHMS, type TsigAlgorithm } from "../../../provider/dns/tsig/algorithms";
import { signRequest } from "../../../provider/dns/tsig/sign";
import { splitMessage } from "../../../provider/dns/tsig/split";
import { TsigVerifier } from "../../../provider/dns/tsig/verify";
import { answerTo, KEY, scriptedPrimary, type Reply } from "../../support/dns/scripted-primary";
import {
  runUpdateTool,
  UPDATE_TOOLS,
  updateToolsMissing,
  type UpdateTool,
} from "../../support/dns/update-tool";
import { describeUnless } from "../../support/needs";

/** The same in a tool's words and in ours. */
type Saying = readonly [command: string, ZoneUpdate];

const prerequisite = (command: string, it: Prerequisite): Saying => [
  `prereq ${command}`,
  { prerequisites: [it], changes: [] },
];
const change = (command: string, it: ZoneChange): Saying => [
  `update ${command}`,
  { prerequisites: [], changes: [it] },
];

/** Each holds no name twice, nor two with a common end: so there is nothing that could be compressed. */
const name = "alpha";
const A: RecordData = { type: "A", name, ttlSeconds: 60, address: "192.0.2.1" };
const AAAA: RecordData = { type: "AAAA", name, ttlSeconds: 0, address: "2001:db8::1" };
const CNAME: RecordData = { type: "CNAME", name, ttlSeconds: 600, target: "beta" };
const TXT: RecordData = { type: "TXT", name, ttlSeconds: 2_147_483_647, texts: ["one", "t w o", '"\\;'] };
const LONG: RecordData = { ...TXT, texts: ["x".repeat(255)] };
const TEXTS = '"one" "t w o" "\\"\\\\;"';

const SAYINGS: readonly Saying[] = [
  prerequisite("nxdomain alpha.", { kind: "name not in use", name }),
  prerequisite("yxdomain alpha.", { kind: "name in use", name }),
  prerequisite("nxrrset alpha. CNAME", { kind: "no rrset", name, type: "CNAME" }),
  prerequisite("yxrrset alpha. TXT", { kind: "rrset exists", name, type: "TXT" }),
  prerequisite("yxrrset alpha. A 192.0.2.1", { kind: "rrset is", name, type: "A", records: [A] }),
  prerequisite(`yxrrset alpha. TXT ${TEXTS}`, { kind: "rrset is", name, type: "TXT", records: [TXT] }),
  change("add alpha. 60 A 192.0.2.1", { kind: "add", record: A }),
  change("add alpha. 0 AAAA 2001:db8::1", { kind: "add", record: AAAA }),
  change("add alpha. 600 CNAME beta.", { kind: "add", record: CNAME }),
  change(`add alpha. 2147483647 TXT ${TEXTS}`, { kind: "add", record: TXT }),
  change(`add alpha. 2147483647 TXT "${"x".repeat(255)}"`, { kind: "add", record: LONG }),
  change("delete alpha. A", { kind: "delete rrset", name, type: "A" }),
  change("delete alpha.", { kind: "delete name", name }),
  change("delete alpha. AAAA 2001:db8::1", { kind: "delete record", record: AAAA }),
  change("delete alpha. CNAME beta.", { kind: "delete record", record: CNAME }),
];

describeUnless(updateToolsMissing(), "what nsupdate and knsupdate send", () => {
  describe.each(UPDATE_TOOLS)("%s", (tool) => {
    it.each(SAYINGS)("sends the same bytes as we do for `%s`, signature and all", async (command, update) => {
      const { bytes, message, timeSeconds } = await captured(tool, { zone: "." }, [command]);
      const ours = encodeMessage({ ...updateRequest(".", update), id: message.id });
      expect(signRequest(ours, KEY, timeSeconds).bytes).toEqual(bytes);
    });

    it.each(Object.keys(TSIG_ALGORITHMS) as TsigAlgorithm[])(
      "signs by %s as we do, over a message that it compresses its own way",
      async (algorithm) => {
        const key = { ...KEY, algorithm };
        const { bytes, message, timeSeconds } = await captured(tool, { zone: "example.test", key }, [
          "prereq nxdomain www.example.test.",
          "update add www.example.test. 600 CNAME web.lb.example.test.",
        ]);
        expect(new TsigVerifier(key, null).verify(bytes, timeSeconds)).toEqual({ kind: "valid", message });
        expect(signRequest(splitMessage(bytes).signedBytes, key, timeSeconds).bytes).toEqual(bytes);
        const www = "www.example.test";
        const update: ZoneUpdate = {
          prerequisites: [{ kind: "name not in use", name: www }],
          changes: [{ kind: "add", record: { ...CNAME, name: www, target: "web.lb.example.test" } }],
        };
        expect(message).toEqual({ ...updateRequest("example.test", update), id: message.id });
      },
    );
  });
});

describeUnless(updateToolsMissing(), "what nsupdate and knsupdate take from us", () => {
  const COMMANDS = ["update add www.example.test. 60 A 192.0.2.1"];
  const answered = async (
    tool: UpdateTool,
    reply: Reply,
    transport: "tcp" | "udp" = "tcp",
  ): Promise<Said> => {
    const { primary } = await scriptedPrimary(reply);
    return runUpdateTool(tool, { ...primary, zone: "example.test.", transport, commands: COMMANDS });
  };
  interface Said {
    readonly ok: boolean;
    readonly output: string;
  }

  describe.each(UPDATE_TOOLS)("%s", (tool) => {
    it.each(["tcp", "udp"] as const)(
      "believes an answer that is encoded and signed here, over %s",
      async (transport) => {
        expect(await answered(tool, (it) => [answerTo(it)], transport)).toMatchObject({ ok: true });
      },
    );

    it("reads its response code", async () => {
      const said = await answered(tool, (it) => [answerTo(it, { rcode: "YXDOMAIN" })]);
      expect(said.ok).toBe(false);
      expect(said.output).toContain("YXDOMAIN");
    });

    it("believes no other: the signature is what it looks at", async () => {
      const said = await answered(tool, (it) => [
        answerTo(it, {}, { key: { ...KEY, secret: Buffer.from("somebody else's secret") } }),
      ]);
      expect(said.ok, said.output).toBe(false);
    });
  });
});

interface Captured {
  readonly bytes: Buffer;
  readonly message: DnsMessage;
  readonly timeSeconds: number;
}

/** What the tool sent, and when it says that it did. */
async function captured(
  tool: UpdateTool,
  { zone, key = KEY }: { zone: string; key?: Primary["key"] },
  commands: readonly string[],
): Promise<Captured> {
  const { primary, asked } = await scriptedPrimary((it) => [answerTo(it, {}, { key })]);
  const dotted = zone === "." ? zone : `${zone}.`;
  const said = await runUpdateTool(tool, { ...primary, key, zone: dotted, transport: "tcp", commands });
  const [request] = asked;
  if (request === undefined) throw new Error(`${tool} sent nothing: ${said.output}`);
  const { tsig } = splitMessage(request.bytes);
  if (tsig === null) throw new Error(`${tool} did not sign`);
  expect(decodeMessage(request.bytes).message.additionals).toHaveLength(1);
  return { bytes: request.bytes, message: request.message, timeSeconds: tsig.data.timeSignedSeconds };
}
