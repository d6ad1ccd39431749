import { EMPTY, type DnsMessage, type ResourceRecord } from "../message/message";
import { dataOf } from "./records";
import type { Prerequisite, RecordData, RecordType, ZoneChange, ZoneUpdate } from "./types";

/** Without an id, which each sending has of its own. */
export type Request = Omit<DnsMessage, "id">;

export function updateRequest(zone: string, { prerequisites, changes }: ZoneUpdate): Request {
  return {
    opcode: "UPDATE",
    flags: [],
    rcode: "NOERROR",
    questions: [{ name: zone, type: "SOA", class: "IN" }],
    answers: prerequisites.flatMap(prerequisiteRecords),
    authorities: changes.map(changeRecord),
    additionals: [],
  };
}

/** ANY: all that stands at the name. */
export function questionRequest(name: string, type: RecordType | "ANY"): Request {
  return {
    opcode: "QUERY",
    flags: [],
    rcode: "NOERROR",
    questions: [{ name, type, class: "IN" }],
    answers: [],
    authorities: [],
    additionals: [],
  };
}

function prerequisiteRecords(prerequisite: Prerequisite): ResourceRecord[] {
  const { name } = prerequisite;
  switch (prerequisite.kind) {
    case "rrset exists":
      return [bare("ANY", name, prerequisite.type)];
    case "rrset is":
      return prerequisite.records.length === 0
        ? [bare("NONE", name, prerequisite.type)]
        : prerequisite.records.map((record) => whole("IN", record, 0));
    case "no rrset":
      return [bare("NONE", name, prerequisite.type)];
    case "name in use":
      return [bare("ANY", name, "ANY")];
    case "name not in use":
      return [bare("NONE", name, "ANY")];
  }
}

function changeRecord(change: ZoneChange): ResourceRecord {
  switch (change.kind) {
    case "add":
      return whole("IN", change.record, change.record.ttlSeconds);
    case "delete rrset":
      return bare("ANY", change.name, change.type);
    case "delete name":
      return bare("ANY", change.name, "ANY");
    case "delete record":
      return whole("NONE", change.record, 0);
  }
}

/** Speaks of a set or a name: without data. */
function bare(recordClass: "ANY" | "NONE", name: string, type: RecordType | "ANY"): ResourceRecord {
  return { name, type, class: recordClass, ttlSeconds: 0, data: EMPTY };
}

function whole(recordClass: "IN" | "NONE", record: RecordData, ttlSeconds: number): ResourceRecord {
  return { name: record.name, type: record.type, class: recordClass, ttlSeconds, data: dataOf(record) };
}
