import { afterAll, beforeAll, expect, it } from "vitest";
import type { DnsMessage } from "../../../provider/dns/message/message";
import { bindMissing, newKey, startBind, type DnsPrimary } from "../../support/dns";
import { askTcp } from "../../support/dns/ask";
import { primaryOf } from "../../support/dns/primary-of";
import { answerTo, scriptedPrimary, type Asked, type Reply } from "../../support/dns/scripted-primary";
import { tampered, type AnswerSigning } from "../../support/dns/sign-answer";
import { DeploymentError } from "../../support/engine";
import { recordsOf } from "../../support/dns/records-of";
import { describeUnless } from "../../support/needs";
import { ZoneSite, type ZoneSettings } from "./zone-site";

/** Below another one, which the server does not have. */
const ZONE = "shop.example.test";
const CHANGED = { value: "other.example.net", ttl: 30 };
const STRANGER = newKey("stranger");
/** Beyond the 300 s within which signatures are taken. */
const APART_SECONDS = 1_000;

describeUnless(bindMissing(), "a name in a zone, when the server", () => {
  let primary: DnsPrimary;
  let between: DnsPrimary;
  let site: ZoneSite;
  let reply: Reply | null = null;
  const passedOn = async (asked: Asked): Promise<Buffer> =>
    (await askTcp(primary, asked.bytes)) ?? Buffer.alloc(0);

  beforeAll(async () => {
    primary = await startBind({ zone: ZONE, otherKeys: [STRANGER] });
    const { primary: scripted } = await scriptedPrimary(async (asked) =>
      reply === null ? [await passedOn(asked)] : reply(asked),
    );
    between = { ...primary, port: scripted.port };
    site = new ZoneSite(between);
    await site.engine.up(site.program());
  });
  afterAll(async () => {
    await site.engine.destroy();
    await primary.stop();
  });

  it.each<[string, ZoneSettings["way"], RegExp]>([
    [
      "does not know the key's name",
      { keyName: "nobody" },
      /takes no key nobody with hmac-sha256 \(BADKEY\)\..*\(TSIG_KEY_UNKNOWN\)/s,
    ],
    [
      "has the key with another algorithm",
      { keyAlgorithm: "hmac-sha512" },
      /takes no key offload-test with hmac-sha512 \(BADKEY\)\..*\(TSIG_KEY_UNKNOWN\)/s,
    ],
    [
      "has another secret for the key",
      { keySecret: newKey("offload-test").secret },
      /has another secret for the key offload-test \(BADSIG\)\..*\(TSIG_SIGNATURE_REFUSED\)/s,
    ],
    [
      "knows the key and does not let it write",
      { keyName: STRANGER.name, keySecret: STRANGER.secret },
      /refuses the update of zone shop\.example\.test \(REFUSED\)\..*\(DNS_PRIMARY_REFUSES\)/s,
    ],
    [
      "does not have the zone",
      { zone: "example.test" },
      /is not the primary of zone example\.test \(NOTAUTH\)\..*\(DNS_ZONE_NOT_SERVED\)/s,
    ],
  ])("%s, stays as it was, and is changed by the next `up`", async (_, way, error) => {
    await failsAndConverges(error, { ...CHANGED, way });
  });

  it.each<[string, (asked: Asked) => Buffer, RegExp]>([
    ["fails", (asked) => answered(asked, { rcode: "SERVFAIL" }), /could not do .*\(DNS_PRIMARY_FAILED\)/s],
    ["has another time", withAnotherTime, /clock of the DNS server .*BADTIME.*\(TSIG_CLOCKS_APART\)/s],
    ["is not who answers: the signature is forged", forged, /is not signed as .*\(TSIG_ANSWER_INVALID\)/s],
    ["is not who answers: it is about another request", foreign, /has another id.*\(DNS_ANSWER_FOREIGN\)/s],
    ["is cut short in its answers", cutShort, /is no answer to .*\(DNS_ANSWER_FOREIGN\)/s],
  ])("%s, stays as it was, and is changed by the next `up`", async (_, meddled, error) => {
    reply = (asked) => [meddled(asked)];
    await failsAndConverges(error, CHANGED);
  });

  it.each<[string, (asked: Asked) => ReturnType<Reply>]>([
    ["is cut off", () => "cut"],
    ["is not heard in time", () => []],
    ["is forged", (asked) => [forged(asked)]],
    ["has another request's id", (asked) => [foreign(asked)]],
    ["is cut short", (asked) => [cutShort(asked)]],
  ])("makes the change and its answer %s, is looked at again, and found as declared", async (_, meddled) => {
    reply = async (asked) => {
      const answer = await passedOn(asked);
      return asked.message.opcode === "UPDATE" ? meddled(asked) : [answer];
    };
    await site.engine.up(site.program(CHANGED));
    reply = null;
    await standsAs(CHANGED);
    await site.engine.up(site.program());
  });

  it("says over UDP that its answer was cut off, is asked over TCP", async () => {
    reply = async (asked) => {
      if (asked.transport === "udp") return [answered(asked, { flags: ["qr", "tc"] })];
      return [await passedOn(asked)];
    };
    const changed = { ...CHANGED, way: { transport: "udp" } } as const;
    await site.engine.up(site.program(changed));
    reply = null;
    await standsAs(changed);
    await site.engine.up(site.program());
  });

  /** From what stands to what stands. */
  async function failsAndConverges(error: RegExp, changes: Partial<ZoneSettings>): Promise<void> {
    const before = await recordsOf(primary);
    const failure: unknown = await site.engine.up(site.program(changes)).catch((it: unknown) => it);
    reply = null;
    expect(failure).toBeInstanceOf(DeploymentError);
    expect((failure as DeploymentError).message).toMatch(error);
    expect(await recordsOf(primary)).toEqual(before);
    const { changes: wanted } = await site.engine.preview(site.program(), { refresh: true });
    // With a key that may read, a domain whose record stands has nothing to write, and is done.
    expect(wanted.filter(({ name }) => name !== "domain")).toEqual([]);
    await site.engine.up(site.program(CHANGED));
    await standsAs(CHANGED);
    await site.engine.up(site.program());
    expect(await recordsOf(primary)).toEqual(before);
  }

  async function standsAs(changes: Partial<ZoneSettings>): Promise<void> {
    expect(await recordsOf(primary)).toContain(`www.${ZONE}. 30 IN CNAME other.example.net.`);
    expect((await site.engine.preview(site.program(changes), { refresh: true })).changes).toEqual([]);
  }

  function answered(
    asked: Asked,
    change: Partial<DnsMessage> = {},
    signing: Partial<AnswerSigning> = {},
  ): Buffer {
    return answerTo(asked, change, { key: primaryOf(primary).key, ...signing });
  }

  function withAnotherTime(asked: Asked): Buffer {
    const other = Buffer.alloc(6);
    other.writeUIntBE(Math.floor(Date.now() / 1_000) + APART_SECONDS, 0, 6);
    return answered(asked, { rcode: "NOTAUTH" }, { error: "BADTIME", other });
  }

  function forged(asked: Asked): Buffer {
    return tampered(answered(asked), { mac: Buffer.alloc(32) });
  }

  function foreign(asked: Asked): Buffer {
    const answer = answered(asked);
    answer.writeUInt16BE((asked.message.id + 1) % 0x1_0000, 0);
    return answer;
  }

  function cutShort(asked: Asked): Buffer {
    return answered(asked).subarray(0, 20);
  }
});
