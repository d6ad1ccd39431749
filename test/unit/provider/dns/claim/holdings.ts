import { ownerNameOf, type Ownership } from "../../../../../provider/dns/claim/owner-record";
import type { Holding, Rights, Sight } from "../../../../../provider/dns/claim/plan";
import { updateRequest } from "../../../../../provider/dns/rfc2136/messages";
import { recordOf } from "../../../../../provider/dns/rfc2136/records";
import type {
  RecordData,
  TxtRecord,
  ZoneChange,
  ZoneUpdate,
} from "../../../../../provider/dns/rfc2136/types";
import type { RcodeName } from "../../../../../provider/dns/message/mnemonics";
import type { MemoryZone } from "../../../../support/dns/memory-zone";

export const ZONE = "example.test";
export const WWW = "www.example.test";
const PROOF = "_offload-challenge.example.test";

export function cname(target: string, ttlSeconds = 600, name = WWW): RecordData {
  return { type: "CNAME", name, ttlSeconds, target };
}

export function address(text: string, ttlSeconds = 60, name = WWW): RecordData {
  return { type: text.includes(":") ? "AAAA" : "A", name, ttlSeconds, address: text };
}

export function text(value: string, name = PROOF): TxtRecord {
  return { type: "TXT", name, ttlSeconds: 60, texts: [value] };
}

/** As a CnameRecord has it. */
export function record(...records: readonly RecordData[]): Holding {
  return { name: WWW, ownerName: ownerNameOf(WWW), types: ["CNAME"], records, share: "whole" };
}

/** As a load balancer's name has it. */
export function hosts(...records: readonly RecordData[]): Holding {
  return { ...record(...records), types: ["A", "AAAA"] };
}

/** As the Domain of each of several stacks has it. */
export function proof(stack: string): Holding {
  const ownerName = `_offload-owner-${stack}.${PROOF}`;
  return { name: PROOF, ownerName, types: ["TXT"], records: [text(`token of ${stack}`)], share: "shared" };
}

export const MINE: Ownership = { owner: "shop/dev/CnameRecord/www", incarnation: "1a" };
export const OTHERS: Ownership = { owner: "shop/other/CnameRecord/www", incarnation: "2b" };

export function rightsOf(ownership: Ownership, more: Partial<Rights> = {}): Rights {
  return { ...ownership, isMine: (owner) => owner === ownership.owner, left: null, adopt: false, ...more };
}

/** What a look would find. */
export function sightOf(zone: MemoryZone, { name, ownerName, types, share }: Holding): Sight {
  const there = zone.at(name);
  const visible = share === "whole" ? there : there.filter(({ type }) => type === "TXT" || type === "CNAME");
  const isManaged = (type: string): boolean => types.some((one) => one === type);
  return {
    ownerRecords: zone
      .at(ownerName, "TXT")
      .flatMap(({ data }) => (data.kind === "texts" ? [data.texts] : [])),
    records: there.filter(({ type }) => isManaged(type)).flatMap((one) => recordOf(one) ?? []),
    otherTypes: [...new Set(visible.map(({ type }) => type).filter((type) => !isManaged(type)))],
  };
}

/** As the primary gets it. */
export function send(zone: MemoryZone, update: ZoneUpdate): RcodeName {
  return zone.update(updateRequest(zone.name, update));
}

/** As a person does it, with `nsupdate`. */
export function byHand(zone: MemoryZone, ...changes: readonly ZoneChange[]): void {
  send(zone, { prerequisites: [], changes });
}

export function add(one: RecordData): ZoneChange {
  return { kind: "add", record: one };
}
