import { beforeAll, describe, expect, it } from "vitest";
import { mayHaveBeenMade } from "../../../provider/dns/rfc2136/failure";
import type { Primary } from "../../../provider/dns/rfc2136/primary";
import { readRecords } from "../../../provider/dns/rfc2136/read";
import type { RecordData, UpdateOutcome, ZoneUpdate } from "../../../provider/dns/rfc2136/types";
import { sendUpdate } from "../../../provider/dns/rfc2136/update";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { middleman, type Meddling } from "../../support/dns/middleman";
import { primaryOf } from "../../support/dns/primary-of";
import { tampered } from "../../support/dns/sign-answer";
import { describeUnless } from "../../support/needs";

const SERVERS = [
  ["BIND", bindMissing(), startBind],
  ["Knot", knotMissing(), startKnot],
] as const;

/** What is done to the answer of a server that made the change, and what a person reads of it. */
const MEDDLINGS: readonly (readonly [string, Meddling, code: string])[] = [
  ["lost", () => null, "DNS_UPDATE_UNANSWERED"],
  ["cut in the middle", (answer) => answer.subarray(0, answer.length / 2), "DNS_ANSWER_FOREIGN"],
  ["given another id", (answer) => flipped(answer, 0), "DNS_ANSWER_FOREIGN"],
  ["turned into a failure", (answer) => flipped(answer, 3), "TSIG_ANSWER_INVALID"],
  ["given another MAC", (answer) => tampered(answer, { mac: Buffer.alloc(32) }), "TSIG_ANSWER_INVALID"],
  ["given a short MAC", (answer) => tampered(answer, { mac: Buffer.alloc(16) }), "TSIG_ANSWER_INVALID"],
  ["given another time", (answer) => tampered(answer, { timeSignedSeconds: 1 }), "TSIG_ANSWER_INVALID"],
  ["too late", () => new Promise<never>(() => undefined), "DNS_UPDATE_UNANSWERED"],
];

for (const [kind, missing, start] of SERVERS) {
  describeUnless(missing, `a real ${kind} whose answers are meddled with`, () => {
    let server: DnsPrimary;
    beforeAll(async () => {
      server = await start();
    });

    describe.each(MEDDLINGS)("%s", (what, meddle, code) => {
      const name = `${what.toLowerCase().replaceAll(" ", "-")}.example.test`;
      const record: RecordData = { type: "A", name, ttlSeconds: 60, address: "192.0.2.1" };
      const update: ZoneUpdate = {
        prerequisites: [{ kind: "name not in use", name }],
        changes: [{ kind: "add", record }],
      };
      const send = (primary: Primary, seconds: number): Promise<UpdateOutcome> =>
        sendUpdate(primary, update, deadlineIn(seconds));

      it(`says ${code} once, and nothing is made twice or forgotten`, async () => {
        const primary = primaryOf(server);
        const port = await middleman(server, meddle);
        const failure = await send({ ...primary, port }, what === "too late" ? 2 : 30).catch(
          (error: unknown) => error,
        );
        expect(failure).toMatchObject({ code });
        expect(mayHaveBeenMade(failure)).toBe(true);
        // So it is looked at, before anything else is done.
        const { records } = await readRecords(primary, name, ["A"], deadlineIn(30));
        expect(records).toEqual([record]);
        expect(await send(primary, 30)).toEqual({ kind: "unmet", rcode: "YXDOMAIN" });
      });
    });
  });
}

function flipped(answer: Buffer, at: number): Buffer {
  const changed = Buffer.from(answer);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
