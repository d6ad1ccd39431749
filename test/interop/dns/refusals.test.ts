import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { OffloadError } from "tls-offload-agent/contract";
import { mayHaveBeenMade } from "../../../provider/dns/rfc2136/failure";
import type { Primary } from "../../../provider/dns/rfc2136/primary";
import { readRecords } from "../../../provider/dns/rfc2136/read";
import { sendUpdate } from "../../../provider/dns/rfc2136/update";
import type { RecordData } from "../../../provider/dns/rfc2136/types";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { bindMissing, knotMissing, newKey, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { primaryOf } from "../../support/dns/primary-of";
import { withLimit } from "../../support/limits";
import { describeUnless } from "../../support/needs";

/** Knot does not tell a key that may not from one that it does not know. */
const SERVERS = [
  ["BIND", bindMissing(), startBind, "DNS_PRIMARY_REFUSES"],
  ["Knot", knotMissing(), startKnot, "TSIG_KEY_UNKNOWN"],
] as const;

const record: RecordData = { type: "A", name: "www.example.test", ttlSeconds: 60, address: "192.0.2.1" };
const reader = newKey("reader");

/** So that no test waits for seconds. */
const quickly = <Result>(run: () => Promise<Result>): Promise<Result> =>
  withLimit("dnsUdpAnswerSeconds", 1, () => withLimit("dnsRetrySeconds", 0.05, run));
const add = (primary: Primary, it = record): Promise<unknown> =>
  quickly(() =>
    sendUpdate(primary, { prerequisites: [], changes: [{ kind: "add", record: it }] }, deadlineIn(30)),
  );
const read = (primary: Primary, name = record.name): Promise<unknown> =>
  quickly(() => readRecords(primary, name, ["A"], deadlineIn(30)));
const refusalOf = async (doing: Promise<unknown>): Promise<OffloadError> =>
  doing.then(
    () => {
      throw new Error("it was done");
    },
    (error: unknown) => error as OffloadError,
  );

for (const [kind, missing, start, denial] of SERVERS) {
  describeUnless(missing, `what a real ${kind} refuses`, () => {
    let server: DnsPrimary;
    let primary: Primary;
    let before: readonly string[];
    beforeAll(async () => {
      server = await start({ otherZones: [{ zone: "locked.test", records: [] }], otherKeys: [reader] });
      primary = primaryOf(server);
      before = await server.records();
    });
    afterEach(async () => {
      vi.useRealTimers();
      expect(await server.records()).toEqual(before);
    });

    describe.each(["tcp", "udp"] as const)("over %s", (transport) => {
      const withKey = (key: Partial<Primary["key"]>): Primary => ({
        ...{ ...primary, transport },
        key: { ...primary.key, ...key },
      });

      it.each<[string, () => Partial<Primary["key"]>, string]>([
        ["secret", () => ({ secret: Buffer.alloc(32, 7) }), "TSIG_SIGNATURE_REFUSED"],
        ["name", () => ({ name: "nobody" }), "TSIG_KEY_UNKNOWN"],
        ["algorithm", () => ({ algorithm: "hmac-sha512" }), "TSIG_KEY_UNKNOWN"],
      ])("a key with another %s is told by what is wrong with it", async (_, key, code) => {
        const failure = await refusalOf(add(withKey(key())));
        expect(failure).toMatchObject({ code });
        expect(mayHaveBeenMade(failure)).toBe(false);
        await expect(read(withKey(key()))).rejects.toMatchObject({ code });
      });

      it.each([
        [
          -600,
          /^the clock of the DNS server at 127\.0\.0\.1 port \d+ is (599|600|601) s ahead of the clock of this/,
        ],
        [
          600,
          /^the clock of this machine is (599|600|601) s ahead of the clock of the DNS server at 127\.0\.0\.1/,
        ],
      ])("a clock that is off by %d s is told with the difference", async (seconds, message) => {
        vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1_000 });
        const failure = await refusalOf(add(withKey({})));
        expect(failure).toMatchObject({ code: "TSIG_CLOCKS_APART" });
        expect(failure.message).toMatch(message);
        await expect(read(withKey({}))).rejects.toMatchObject({ code: "TSIG_CLOCKS_APART" });
      });

      it("a zone that is not served there", async () => {
        const failure = await refusalOf(add({ ...withKey({}), zone: "example.com" }));
        expect(failure).toMatchObject({ code: "DNS_ZONE_NOT_SERVED" });
      });

      it("a name outside the zone", async () => {
        const failure = await refusalOf(add(withKey({}), { ...record, name: "www.example.com" }));
        expect(failure).toMatchObject({ code: "DNS_NAME_OUTSIDE_ZONE" });
      });

      it("a zone that nobody may change, and a key that may not change this one", async () => {
        const locked = { ...record, name: "www.locked.test" };
        await expect(add({ ...withKey({}), zone: "locked.test" }, locked)).rejects.toMatchObject({
          code: denial,
        });
        const { name, algorithm, secret } = reader;
        const key = { name, algorithm, secret: Buffer.from(secret, "base64") };
        await expect(add(withKey(key))).rejects.toMatchObject({ code: denial });
      });

      it("a question for a zone that it does not have", async () => {
        await expect(read(withKey({}), "www.example.com")).rejects.toMatchObject({
          code: "DNS_PRIMARY_REFUSES",
        });
      });
    });
  });

  describeUnless(missing, `a real ${kind} that is down`, () => {
    it("is told, and takes the same update once it is back", async () => {
      const server = await start();
      await server.stop();
      const failure = await refusalOf(add(primaryOf(server)));
      expect(failure).toMatchObject({ code: "DNS_PRIMARY_UNREACHABLE" });
      expect(mayHaveBeenMade(failure)).toBe(false);
      await server.restart();
      expect(await add(primaryOf(server))).toEqual({ kind: "done" });
    });
  });
}
