import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Primary } from "../../../provider/dns/rfc2136/primary";
import { readRecords } from "../../../provider/dns/rfc2136/read";
import type {
  Prerequisite,
  RecordData,
  UpdateOutcome,
  ZoneChange,
} from "../../../provider/dns/rfc2136/types";
import { sendUpdate } from "../../../provider/dns/rfc2136/update";
import { TSIG_ALGORITHMS, type TsigAlgorithm } from "../../../provider/dns/tsig/algorithms";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { bindMissing, knotMissing, startBind, startKnot, type DnsPrimary } from "../../support/dns";
import { primaryOf } from "../../support/dns/primary-of";
import { describeUnless } from "../../support/needs";

const SERVERS = [
  ["BIND", bindMissing(), startBind],
  ["Knot", knotMissing(), startKnot],
] as const;

const name = "www.example.test";
const CNAME: RecordData = { type: "CNAME", name, ttlSeconds: 600, target: "web.lb.example.test" };
const A: RecordData = { type: "A", name, ttlSeconds: 60, address: "192.0.2.1" };
const AAAA: RecordData = { type: "AAAA", name, ttlSeconds: 60, address: "2001:db8::1" };
const TXT: RecordData = { type: "TXT", name, ttlSeconds: 60, texts: ["one", 't w o "\\;', "\xe9\x00"] };

const update = (
  primary: Primary,
  prerequisites: readonly Prerequisite[],
  changes: readonly ZoneChange[],
): Promise<UpdateOutcome> => sendUpdate(primary, { prerequisites, changes }, deadlineIn(30));
const add = (...records: readonly RecordData[]): ZoneChange[] =>
  records.map((record) => ({ kind: "add", record }));

for (const [kind, missing, start] of SERVERS) {
  describeUnless(missing, `updates of a real ${kind}`, () => {
    let server: DnsPrimary;
    beforeAll(async () => {
      server = await start({ records: ["mail 600 IN MX 10 mx"] });
    });
    afterEach(async () => {
      await update(primaryOf(server), [], [{ kind: "delete name", name }]);
    });

    describe.each(["tcp", "udp"] as const)("over %s", (transport) => {
      const primary = (): Primary => ({ ...primaryOf(server), transport });

      it("creates, changes and deletes a CNAME as declared, and only under the conditions named", async () => {
        const unused = [{ kind: "name not in use", name } as const];
        expect(await update(primary(), unused, add(CNAME))).toEqual({ kind: "done" });
        expect(await server.records()).toContain("www.example.test. 600 IN CNAME web.lb.example.test.");
        expect(await update(primary(), unused, add(CNAME))).toEqual({ kind: "unmet", rcode: "YXDOMAIN" });
        expect((await readRecords(primary(), name, ["CNAME"], deadlineIn(30))).records).toEqual([CNAME]);

        const moved = { ...CNAME, ttlSeconds: 60, target: "web.other.test" };
        const still: Prerequisite = { kind: "rrset is", name, type: "CNAME", records: [CNAME] };
        expect(await update(primary(), [still], add(moved))).toEqual({ kind: "done" });
        expect(await server.records()).toContain("www.example.test. 60 IN CNAME web.other.test.");
        expect(await update(primary(), [still], add(CNAME))).toEqual({ kind: "unmet", rcode: "NXRRSET" });

        expect(await update(primary(), [], [{ kind: "delete record", record: moved }])).toEqual({
          kind: "done",
        });
        const after = await readRecords(primary(), name, ["CNAME"], deadlineIn(30));
        expect(after).toEqual({ authoritative: true, nameExists: false, records: [], otherTypes: [] });
      });

      it("writes each type, and reads it back as it was", async () => {
        expect(await update(primary(), [], add(A, AAAA, TXT))).toEqual({ kind: "done" });
        const { records } = await readRecords(primary(), name, ["A", "AAAA", "CNAME", "TXT"], deadlineIn(30));
        expect(records).toEqual([A, AAAA, TXT]);
        const gone = await update(primary(), [], [{ kind: "delete rrset", name, type: "TXT" }]);
        expect(gone).toEqual({ kind: "done" });
        expect((await readRecords(primary(), name, ["TXT"], deadlineIn(30))).records).toEqual([]);
      });

      it.each<[Prerequisite, Prerequisite, string]>([
        [{ kind: "name in use", name }, { kind: "name in use", name: "no.example.test" }, "NXDOMAIN"],
        [{ kind: "name not in use", name: "no.example.test" }, { kind: "name not in use", name }, "YXDOMAIN"],
        [{ kind: "rrset exists", name, type: "A" }, { kind: "rrset exists", name, type: "TXT" }, "NXRRSET"],
        [{ kind: "no rrset", name, type: "TXT" }, { kind: "no rrset", name, type: "A" }, "YXRRSET"],
        [
          { kind: "rrset is", name, type: "A", records: [A] },
          { kind: "rrset is", name, type: "A", records: [{ ...A, address: "192.0.2.2" }] },
          "NXRRSET",
        ],
      ])("changes under %o, and nothing under %o", async (met, unmet, rcode) => {
        await update(primary(), [], add(A));
        const before = await server.records();
        expect(await update(primary(), [unmet], add(TXT))).toEqual({ kind: "unmet", rcode });
        expect(await server.records()).toEqual(before);
        expect(await update(primary(), [met], add(TXT))).toEqual({ kind: "done" });
        expect((await server.records()).join("\n")).toContain("www.example.test. 60 IN TXT");
      });

      it("reads a set that is too large for a datagram whole", async () => {
        const texts = Array.from({ length: 12 }, (_, at) => `${at} ${"x".repeat(200)}`);
        const records = texts.map((text) => ({ ...TXT, texts: [text] }));
        for (const record of records) await update(primary(), [], add(record));
        const read = await readRecords(primary(), name, ["TXT"], deadlineIn(30));
        expect(new Set(read.records)).toEqual(new Set(records));
      });

      it("tells the types at a name that it does not write itself", async () => {
        const read = await readRecords(primary(), "mail.example.test", ["ANY"], deadlineIn(30));
        expect(read).toMatchObject({ authoritative: true, nameExists: true, otherTypes: ["MX"] });
      });
    });
  });

  describeUnless(missing, `keys of a real ${kind}`, () => {
    it.each(Object.keys(TSIG_ALGORITHMS) as TsigAlgorithm[])("work with %s", async (algorithm) => {
      const primary = primaryOf(await start({ algorithm }));
      expect(await update(primary, [], add(A))).toEqual({ kind: "done" });
      expect((await readRecords(primary, name, ["A"], deadlineIn(30))).records).toEqual([A]);
    });

    it("work over IPv6", async () => {
      const primary = primaryOf(await start({ address: "::1" }));
      expect(await update(primary, [], add(A))).toEqual({ kind: "done" });
      const udp = { ...primary, transport: "udp" } as const;
      expect((await readRecords(udp, name, ["A"], deadlineIn(30))).records).toEqual([A]);
    });
  });
}
