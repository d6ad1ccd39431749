import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "../../../../../provider/dns/message/codec";
import { questionRequest, updateRequest } from "../../../../../provider/dns/rfc2136/messages";
import { recordOf } from "../../../../../provider/dns/rfc2136/records";
import type { Prerequisite, RecordData, ZoneChange } from "../../../../../provider/dns/rfc2136/types";

const name = "www.example.test";
const EMPTY = { kind: "empty" };
const address: RecordData = { type: "A", name, ttlSeconds: 60, address: "192.0.2.1" };
const second: RecordData = { ...address, address: "192.0.2.2" };

const recordsOf = (prerequisite: Prerequisite): unknown =>
  updateRequest("example.test", { prerequisites: [prerequisite], changes: [] }).answers;
const recordFor = (change: ZoneChange): unknown =>
  updateRequest("example.test", { prerequisites: [], changes: [change] }).authorities[0];

describe("prerequisites, as RFC 2136 2.4 writes them", () => {
  test.each<[Prerequisite, object]>([
    [
      { kind: "rrset exists", name, type: "A" },
      { type: "A", class: "ANY" },
    ],
    [
      { kind: "no rrset", name, type: "A" },
      { type: "A", class: "NONE" },
    ],
    [
      { kind: "name in use", name },
      { type: "ANY", class: "ANY" },
    ],
    [
      { kind: "name not in use", name },
      { type: "ANY", class: "NONE" },
    ],
  ])("%o", (prerequisite, record) => {
    expect(recordsOf(prerequisite)).toEqual([{ name, ttlSeconds: 0, data: EMPTY, ...record }]);
  });

  test("a set that is exactly these records names each, without a TTL", () => {
    expect(recordsOf({ kind: "rrset is", name, type: "A", records: [address, second] })).toEqual([
      {
        ...{ name, type: "A", class: "IN", ttlSeconds: 0 },
        data: { kind: "address", address: "192.0.2.1" },
      },
      {
        ...{ name, type: "A", class: "IN", ttlSeconds: 0 },
        data: { kind: "address", address: "192.0.2.2" },
      },
    ]);
  });

  test("a set that is to have no records is tested for all that, and not left out", () => {
    expect(recordsOf({ kind: "rrset is", name, type: "A", records: [] })).toEqual(
      recordsOf({ kind: "no rrset", name, type: "A" }),
    );
  });
});

describe("changes, as RFC 2136 2.5 writes them", () => {
  const data = { kind: "address", address: "192.0.2.1" };
  test.each<[ZoneChange, object]>([
    [
      { kind: "add", record: address },
      { type: "A", class: "IN", ttlSeconds: 60, data },
    ],
    [
      { kind: "delete record", record: address },
      { type: "A", class: "NONE", ttlSeconds: 0, data },
    ],
    [
      { kind: "delete rrset", name, type: "A" },
      { type: "A", class: "ANY", ttlSeconds: 0, data: EMPTY },
    ],
    [
      { kind: "delete name", name },
      { type: "ANY", class: "ANY", ttlSeconds: 0, data: EMPTY },
    ],
  ])("%o", (change, record) => {
    expect(recordFor(change)).toEqual({ name, ...record });
  });

  test("keep their order, behind the zone that they are for", () => {
    const changes: ZoneChange[] = [
      { kind: "delete name", name },
      { kind: "add", record: second },
      { kind: "add", record: address },
    ];
    const request = updateRequest("example.test", { prerequisites: [], changes });
    expect(request).toMatchObject({ opcode: "UPDATE", questions: [{ name: "example.test", type: "SOA" }] });
    expect(request.authorities.map((record) => record.class)).toEqual(["ANY", "IN", "IN"]);
    expect(request.authorities[1]?.data).toEqual({ kind: "address", address: "192.0.2.2" });
  });
});

test("a question asks for no recursion: the primary itself is to answer", () => {
  expect(questionRequest(name, "TXT")).toMatchObject({ opcode: "QUERY", flags: [] });
});

const text = fc.string({ unit: "binary-ascii", maxLength: 255 });
const hosts = fc.domain().map((domain) => domain.toLowerCase());
const ttlSeconds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const records: fc.Arbitrary<RecordData> = fc.oneof(
  fc.record({ type: fc.constant("A" as const), name: hosts, ttlSeconds, address: fc.ipV4() }),
  fc.record({
    ...{ type: fc.constant("AAAA" as const), name: hosts, ttlSeconds },
    address: fc.ipV6().map((spelled) => new URL(`http://[${spelled}]/`).hostname.slice(1, -1)),
  }),
  fc.record({ type: fc.constant("CNAME" as const), name: hosts, ttlSeconds, target: hosts }),
  fc.record({
    ...{ type: fc.constant("TXT" as const), name: hosts, ttlSeconds },
    texts: fc.array(text, { minLength: 1, maxLength: 5 }),
  }),
);

test("every record that is written is read back as it was", () => {
  fc.assert(
    fc.property(records, (record) => {
      const request = updateRequest("example.test", {
        prerequisites: [],
        changes: [{ kind: "add", record }],
      });
      const [read] = decodeMessage(encodeMessage({ ...request, id: 0 })).message.authorities;
      expect(read && recordOf(read)).toEqual(record);
    }),
    { numRuns: 500 },
  );
});
