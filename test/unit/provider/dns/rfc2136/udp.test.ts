import { describe, expect, test } from "vitest";
import { mayHaveBeenMade } from "../../../../../provider/dns/rfc2136/failure";
import type { Primary } from "../../../../../provider/dns/rfc2136/primary";
import { sendUpdate } from "../../../../../provider/dns/rfc2136/update";
import { deadlineIn } from "../../../../../provider/fleet/deadline";
import {
  answerTo,
  KEY,
  scriptedPrimary,
  type Reply,
  type ScriptedPrimary,
} from "../../../../support/dns/scripted-primary";
import { withLimit } from "../../../../support/limits";
import { failureOf, forged, refusal, send, timeBytes, unsigned } from "./sending";

const UDP: Partial<Primary> = { transport: "udp" };

/** Says one thing over UDP and another over TCP. */
const saying =
  (udp: Reply, tcp: Reply): Reply =>
  (it) =>
    it.transport === "udp" ? udp(it) : tcp(it);
const transports = ({ asked }: ScriptedPrimary): string[] => asked.map(({ transport }) => transport);
/** So that no test waits for seconds. */
const quickly = <Result>(run: () => Promise<Result>): Promise<Result> =>
  withLimit("dnsUdpAnswerSeconds", 1, run);

const silence: Reply = () => [];
const done: Reply = (it) => [answerTo(it)];
const unmet: Reply = (it) => [answerTo(it, { rcode: "YXDOMAIN" })];

describe("over UDP", () => {
  test("the primary's answer is heard, and no connection is made", async () => {
    const server = await scriptedPrimary(done, UDP);
    expect(await send(server.primary)).toEqual({ kind: "done" });
    expect(transports(server)).toEqual(["udp"]);
  });

  test("all that is not the primary's answer is passed over until that comes", async () => {
    const server = await scriptedPrimary(
      (it) => [
        Buffer.from("junk"),
        answerTo(it, { id: it.message.id ^ 1 }),
        answerTo(it, { questions: [{ name: "example.com", type: "SOA", class: "IN" }] }),
        unsigned(it, "REFUSED"),
        forged(it),
        refusal(it, "BADKEY"),
        answerTo(it, {}, { key: { ...KEY, name: "another" } }),
        answerTo(it),
      ],
      UDP,
    );
    expect(await send(server.primary)).toEqual({ kind: "done" });
    expect(transports(server)).toEqual(["udp"]);
  });

  test("a refusal that no server can sign counts when nothing better comes", async () => {
    const server = await scriptedPrimary((it) => [refusal(it, "BADKEY")], UDP);
    await expect(quickly(() => send(server.primary))).rejects.toMatchObject({ code: "TSIG_KEY_UNKNOWN" });
    expect(transports(server)).toEqual(["udp"]);
  });

  test("a refusal that the primary signed counts at once", async () => {
    const server = await scriptedPrimary(
      (it) => [answerTo(it, { rcode: "NOTAUTH" }, { error: "BADTIME", other: timeBytes(1_000) })],
      UDP,
    );
    const sending = withLimit("dnsUdpAnswerSeconds", 1_000, () => send(server.primary));
    await expect(sending).rejects.toMatchObject({ code: "TSIG_CLOCKS_APART" });
  });

  test.each<[string, Reply]>([
    ["cut off", (it) => [answerTo(it, { flags: ["qr", "tc"] })]],
    ["lost", silence],
    ["forged", (it) => [forged(it)]],
    ["not signed", (it) => [unsigned(it)]],
  ])("an answer that is %s is asked for over TCP, with another id", async (_, udp) => {
    const server = await scriptedPrimary(saying(udp, done), UDP);
    expect(await quickly(() => send(server.primary))).toEqual({ kind: "done" });
    expect(transports(server)).toEqual(["udp", "tcp"]);
    const [first, second] = server.asked.map(({ message }) => message.id);
    expect(first).not.toBe(second);
  });

  test("what is too long for a datagram goes over TCP at once", async () => {
    const server = await scriptedPrimary(done, UDP);
    const texts = ["x".repeat(255), "y".repeat(255)];
    const record = { type: "TXT", name: "www.example.test", ttlSeconds: 60, texts } as const;
    const update = { prerequisites: [], changes: [{ kind: "add", record } as const] };
    expect(await sendUpdate(server.primary, update, deadlineIn(20))).toEqual({ kind: "done" });
    expect(transports(server)).toEqual(["tcp"]);
  });
});

describe("a change that was sent over UDP without an answer", () => {
  test("is perhaps what stands in the way of its second copy", async () => {
    const { primary } = await scriptedPrimary(saying(silence, unmet), UDP);
    const failure = await quickly(() => failureOf(send(primary)));
    expect(failure.message).toBe(
      `the DNS server at 127.0.0.1 port ${primary.port} was sent the update of zone example.test and did not say what ` +
        "became of it: no answer over UDP, and YXDOMAIN over TCP. Run `pulumi up` again: it looks at what the zone has " +
        "now, and goes on from there. If it stays, look at the server's log. (DNS_UPDATE_UNANSWERED)",
    );
    expect(mayHaveBeenMade(failure)).toBe(true);
  });

  test("may have been made when there is no way over TCP", async () => {
    const { primary } = await scriptedPrimary(silence, { ...UDP, tcp: false });
    const failure = await withLimit("dnsRetrySeconds", 0.05, () => quickly(() => failureOf(send(primary))));
    expect(failure).toMatchObject({ code: "DNS_UPDATE_UNANSWERED" });
    expect(failure.message).toContain("ECONNREFUSED");
  });

  test("was not made where nobody listens for UDP", async () => {
    const server = await scriptedPrimary(unmet, { ...UDP, udp: false });
    expect(await send(server.primary)).toEqual({ kind: "unmet", rcode: "YXDOMAIN" });
    expect(transports(server)).toEqual(["tcp"]);
  });
});
