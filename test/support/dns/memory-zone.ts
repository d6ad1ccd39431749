import type { DnsMessage, Question, Rdata, ResourceRecord } from "../../../provider/dns/message/message";
import type { RcodeName, TypeName } from "../../../provider/dns/message/mnemonics";
import { sameName } from "../../../provider/dns/message/names";

/** A zone as a primary keeps it: updates as RFC 2136 3 has them, and answers, those of wildcards too (RFC 4592). */
export class MemoryZone {
  /** All but SOA and NS. */
  records: readonly ResourceRecord[] = [];

  constructor(readonly name: string) {}

  /** All of it or nothing. */
  update({ answers, authorities }: Pick<DnsMessage, "answers" | "authorities">): RcodeName {
    if ([...answers, ...authorities].some(({ name }) => !this.has(name))) return "NOTZONE";
    const refusal = refusalOf(answers, this.records);
    if (refusal === null) this.records = authorities.reduce(changed, this.records);
    return refusal ?? "NOERROR";
  }

  answer({ name, type }: Question): Pick<DnsMessage, "flags" | "rcode" | "answers"> {
    const source = this.exists(name) ? name : `*.${this.closestEncloser(name)}`;
    const found = this.at(source).filter(
      (record) => type === "ANY" || record.type === type || isCname(record),
    );
    const rcode = this.exists(source) ? "NOERROR" : "NXDOMAIN";
    return { flags: ["qr", "aa"], rcode, answers: found.map((record) => ({ ...record, name })) };
  }

  /** ANY: of all types. */
  at(name: string, type: TypeName = "ANY"): readonly ResourceRecord[] {
    return this.records.filter((record) => isOf(record, { name, type }));
  }

  /** "www.example.test 600 CNAME web.lb.example.net", in order. */
  lines(): string[] {
    return this.records
      .map((record) => `${record.name} ${record.ttlSeconds} ${record.type} ${dataText(record.data)}`)
      .sort();
  }

  has(name: string): boolean {
    return isAtOrBelow(name, this.name);
  }

  /** As a name with nothing but names below it does, too. */
  private exists(name: string): boolean {
    return sameName(name, this.name) || this.records.some((record) => isAtOrBelow(record.name, name));
  }

  private closestEncloser(name: string): string {
    const above = name.slice(name.indexOf(".") + 1);
    return this.exists(above) ? above : this.closestEncloser(above);
  }
}

/** RFC 2136 3.2. */
function refusalOf(
  prerequisites: readonly ResourceRecord[],
  records: readonly ResourceRecord[],
): RcodeName | null {
  for (const wanted of prerequisites) {
    const isThere = records.some((record) => isOf(record, wanted));
    const isName = wanted.type === "ANY";
    if (wanted.class === "ANY" && !isThere) return isName ? "NXDOMAIN" : "NXRRSET";
    if (wanted.class === "NONE" && isThere) return isName ? "YXDOMAIN" : "YXRRSET";
  }
  const exact = prerequisites.filter((record) => record.class === "IN");
  const isMet = exact.every((one) => {
    const data = (among: readonly ResourceRecord[]): string =>
      [...new Set(among.filter((record) => isOf(record, one)).map((record) => dataText(record.data)))]
        .sort()
        .join("\n");
    return data(exact) === data(records);
  });
  return isMet ? null : "NXRRSET";
}

/** RFC 2136 3.4.2. */
function changed(records: readonly ResourceRecord[], change: ResourceRecord): readonly ResourceRecord[] {
  const isSame = (record: ResourceRecord): boolean => dataText(record.data) === dataText(change.data);
  if (change.class === "ANY") return records.filter((record) => !isOf(record, change));
  if (change.class === "NONE") return records.filter((record) => !isOf(record, change) || !isSame(record));
  const there = records.filter((record) => sameName(record.name, change.name));
  // Silently left out (3.4.2.2).
  if (there.some((record) => isCname(record) !== isCname(change))) return records;
  const set = there.filter((record) => record.type === change.type && !isCname(record) && !isSame(record));
  const others = records.filter((record) => !isOf(record, change));
  return [...others, ...set.map((record) => ({ ...record, ttlSeconds: change.ttlSeconds })), change];
}

function isOf(record: ResourceRecord, { name, type }: Pick<Question, "name" | "type">): boolean {
  return sameName(record.name, name) && (type === "ANY" || record.type === type);
}

function isCname({ type }: ResourceRecord): boolean {
  return type === "CNAME";
}

function isAtOrBelow(name: string, above: string): boolean {
  return sameName(name, above) || name.toLowerCase().endsWith(`.${above.toLowerCase()}`);
}

function dataText(data: Rdata): string {
  switch (data.kind) {
    case "address":
      return data.address;
    case "name":
      return data.name.toLowerCase();
    case "texts":
      return data.texts.map((text) => JSON.stringify(text)).join(" ");
    case "opaque":
      return data.bytes.toString("hex");
    case "empty":
    case "soa":
    case "tsig":
      return data.kind;
  }
}
