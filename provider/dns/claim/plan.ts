import { OffloadError } from "tls-offload-agent/contract";
import type { Prerequisite, RecordData, RecordType, ZoneChange, ZoneUpdate } from "../rfc2136/types";
import { ownershipIn, ownerTexts, type Ownership } from "./owner-record";

/** What a resource has in a zone. */
export interface Holding {
  readonly name: string;
  /** Where its owner record stands. */
  readonly ownerName: string;
  /** The record types that it manages at the name. */
  readonly types: readonly RecordType[];
  readonly records: readonly RecordData[];
  /**
   * whole: these sets are its own. shared: others may have records of the same type there; only its own are touched.
   * Records of other types may stand beside either, but none beside a CNAME.
   */
  readonly share: "whole" | "shared";
}

/** A name as the zone's primary has it. */
export interface Sight {
  /** The TXT records at the owner name, each as its character strings. */
  readonly ownerRecords: readonly (readonly string[])[];
  /** What stands at the name, of the types that were asked for. */
  readonly records: readonly RecordData[];
  /** Types that stand at the name and in the way of those that the resource manages: of a CNAME any, of others CNAME alone. */
  readonly otherTypes: readonly string[];
}

/** Who may write: the resource as it is now, and what its state and its program allow. */
export interface Rights extends Ownership {
  /** The owner before this update, or that of the same resource under another name. */
  readonly isMine: (owner: string) => boolean;
  /** What the last operation left there: recognized again when only the owner record was lost. null: none. */
  readonly left: readonly RecordData[] | null;
  /** The program takes over what is there. */
  readonly adopt: boolean;
}

/** Who takes its records away. */
export interface Departure extends Ownership {
  /**
   * What the last operation left there: what somebody changed since stays, and what is as it was goes even where only
   * the owner record was lost. Absent: not known; all goes that the owner record covers.
   */
  readonly left?: readonly RecordData[];
}

/** null: all is there already. Throws RECORD_OWNED, RECORD_FOREIGN or RECORD_IN_THE_WAY. */
export function planPut(holding: Holding, sight: Sight, rights: Rights): ZoneUpdate | null {
  const standing = standingOf(sight);
  refuseForeign(holding, sight, standing, rights);
  const isOwned = standing.kind === "owned" && sameOwnership(standing, rights);
  if (isOwned && isServed(holding, sight)) return null;
  return { prerequisites: unchangedSince(holding, sight), changes: changesTo(holding, sight, rights) };
}

/** null: nothing of it is there any more, or what is there is not for it to take away. */
export function planRemoval(holding: Holding, sight: Sight, departure: Departure): ZoneUpdate | null {
  const standing = standingOf(sight);
  const isOwned = standing.kind === "owned" && sameOwnership(standing, departure);
  const removed = isAsLeft(holding, sight, departure, isOwned) ? removalOf(holding, sight) : [];
  if (!isOwned && (standing.kind !== "unowned" || removed.length === 0)) return null;
  const { name, ownerName, types, share } = holding;
  return {
    prerequisites: [
      ownerPrerequisite(holding, sight),
      ...(share === "whole" ? types.map((type) => asSeen(name, type, sight)) : []),
    ],
    changes: [...removed, { kind: "delete rrset", name: ownerName, type: "TXT" }],
  };
}

/** Nobody re-pointed it since. Where it is not known what was left, the owner record says it. */
function isAsLeft({ share }: Holding, { records }: Sight, { left }: Departure, isOwned: boolean): boolean {
  if (share === "shared") return true;
  return left === undefined ? isOwned : sameRecords(left, records);
}

function removalOf(holding: Holding, sight: Sight): ZoneChange[] {
  const { name, types, share } = holding;
  const own = ownIn(holding, sight);
  if (own.length === 0) return [];
  return share === "whole"
    ? types.map((type) => ({ kind: "delete rrset", name, type }))
    : own.map((record) => ({ kind: "delete record", record }));
}

/** Of what stands at the name, what may be the holding's. */
export function ownIn({ records, share }: Holding, sight: Sight): readonly RecordData[] {
  if (share === "whole") return sight.records;
  const texts = new Set(records.map(textOf));
  return sight.records.filter((record) => texts.has(textOf(record)));
}

/** Whose a name is. */
export type Standing =
  | ({ readonly kind: "owned" } & Ownership)
  /** Somebody's TXT record stands where ours would. */
  | { readonly kind: "unreadable" }
  | { readonly kind: "unowned" };

export function standingOf({ ownerRecords }: Pick<Sight, "ownerRecords">): Standing {
  const [first, ...others] = ownerRecords;
  if (first === undefined) return { kind: "unowned" };
  const ownership = others.length === 0 ? ownershipIn(first) : null;
  return ownership === null ? { kind: "unreadable" } : { kind: "owned", ...ownership };
}

function refuseForeign(holding: Holding, sight: Sight, standing: Standing, rights: Rights): void {
  const { name, share } = holding;
  if (sight.otherTypes.length > 0)
    throw new OffloadError("RECORD_IN_THE_WAY", "", { name, types: sight.otherTypes.join(", ") });
  if (rights.adopt || (standing.kind === "owned" && rights.isMine(standing.owner))) return;
  if (standing.kind === "owned")
    throw new OffloadError("RECORD_OWNED", "", { name, owner: standing.owner, mine: rights.owner });
  if (standing.kind === "unreadable")
    throw new OffloadError("RECORD_FOREIGN", "", { name, seen: `TXT at ${holding.ownerName}` });
  if (share === "shared" || sight.records.length === 0) return;
  if (rights.left !== null && sameRecords(rights.left, sight.records)) return;
  throw new OffloadError("RECORD_FOREIGN", "", { name, seen: sight.records.map(textOf).join(", ") });
}

/** Nobody wrote since: the whole ownership test, which the primary makes together with the change. */
function unchangedSince(holding: Holding, sight: Sight): Prerequisite[] {
  const { name, types, share } = holding;
  const owner = ownerPrerequisite(holding, sight);
  if (standsAlone(holding) && sight.records.length === 0) return [owner, { kind: "name not in use", name }];
  const sets = share === "whole" ? types.map((type) => asSeen(name, type, sight)) : [];
  // Beside a CNAME nothing would be added, and nobody be told.
  return standsAlone(holding)
    ? [owner, ...sets]
    : [owner, ...sets, { kind: "no rrset", name, type: "CNAME" }];
}

/** A CNAME has no other records at its name (RFC 1034 3.6.2). */
export function standsAlone({ types }: Holding): boolean {
  return types.includes("CNAME");
}

function ownerPrerequisite({ ownerName }: Holding, { ownerRecords }: Sight): Prerequisite {
  // Whatever is there: beside a CNAME the owner record would be left out silently (RFC 2136 3.4.2.2).
  if (ownerRecords.length === 0) return { kind: "name not in use", name: ownerName };
  const records = ownerRecords.map((texts) => ownerRecord(ownerName, texts));
  return { kind: "rrset is", name: ownerName, type: "TXT", records };
}

function asSeen(name: string, type: RecordType, { records }: Sight): Prerequisite {
  const those = records.filter((record) => record.type === type);
  return those.length === 0
    ? { kind: "no rrset", name, type }
    : { kind: "rrset is", name, type, records: those };
}

function changesTo(holding: Holding, sight: Sight, rights: Rights): ZoneChange[] {
  const { name, ownerName, types, records, share } = holding;
  const old: ZoneChange[] =
    share === "whole" && sight.records.length > 0
      ? types.map((type) => ({ kind: "delete rrset", name, type }))
      : [];
  return [
    ...old,
    { kind: "delete rrset", name: ownerName, type: "TXT" },
    { kind: "add", record: ownerRecord(ownerName, ownerTexts(rights)) },
    ...records.map((record): ZoneChange => ({ kind: "add", record })),
  ];
}

/** Short: whoever asks for it wants to know it as it is. */
const OWNER_TTL_SECONDS = 60;

function ownerRecord(name: string, texts: readonly string[]): RecordData {
  return { type: "TXT", name, ttlSeconds: OWNER_TTL_SECONDS, texts };
}

/** What stands there is what shall stand there, TTLs included. */
export function isServed({ records, share }: Holding, sight: Sight): boolean {
  const key = (record: RecordData): string => `${record.ttlSeconds} ${textOf(record)}`;
  const seen = sight.records.map(key);
  const wanted = records.map(key);
  return wanted.every((one) => seen.includes(one)) && (share === "shared" || seen.length === wanted.length);
}

export function sameRecords(one: readonly RecordData[], other: readonly RecordData[]): boolean {
  const texts = new Set(one.map(textOf));
  return one.length === other.length && other.every((record) => texts.has(textOf(record)));
}

function sameOwnership(one: Ownership, other: Ownership): boolean {
  return one.owner === other.owner && one.incarnation === other.incarnation;
}

/** For messages and comparing: "CNAME web.lb.example.com". */
export function textOf(record: RecordData): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return `${record.type} ${record.address}`;
    case "CNAME":
      return `CNAME ${record.target}`;
    case "TXT":
      return `TXT "${record.texts.join("")}"`;
  }
}
