import { normalize } from "../name";
import type { Rdata, ResourceRecord } from "../message/message";
import type { RecordData } from "./types";

export function dataOf(record: RecordData): Rdata {
  switch (record.type) {
    case "A":
    case "AAAA":
      return { kind: "address", address: record.address };
    case "CNAME":
      return { kind: "name", name: record.target };
    case "TXT":
      return { kind: "texts", texts: record.texts };
  }
}

/** null: of a type that this provider does not write. */
export function recordOf({ name, type, ttlSeconds, data }: ResourceRecord): RecordData | null {
  const head = { name: normalize(name), ttlSeconds };
  if ((type === "A" || type === "AAAA") && data.kind === "address") {
    return { type, ...head, address: data.address };
  }
  if (type === "CNAME" && data.kind === "name") return { type, ...head, target: normalize(data.name) };
  if (type === "TXT" && data.kind === "texts") return { type, ...head, texts: data.texts };
  return null;
}
