/** Names are lower case and without the final dot. TTLs are from 0 to 2147483647 (RFC 2181 8). */
export type RecordData = AddressRecord | CnameRecord | TxtRecord;

export interface AddressRecord {
  readonly type: "A" | "AAAA";
  readonly name: string;
  readonly ttlSeconds: number;
  /** Of IPv6, the form of RFC 5952 is read, and any is written. */
  readonly address: string;
}

export interface CnameRecord {
  readonly type: "CNAME";
  readonly name: string;
  readonly ttlSeconds: number;
  readonly target: string;
}

export interface TxtRecord {
  readonly type: "TXT";
  readonly name: string;
  readonly ttlSeconds: number;
  /** Its character strings: each character is one byte, 255 of them at most. */
  readonly texts: readonly string[];
}

export type RecordType = RecordData["type"];

/** What must hold in the zone for a change to be made (RFC 2136 2.4). The primary tests it and changes in one step. */
export type Prerequisite =
  | { readonly kind: "rrset exists"; readonly name: string; readonly type: RecordType }
  /** Exactly these records, whatever their TTL; none of them is the same as "no rrset". */
  | {
      readonly kind: "rrset is";
      readonly name: string;
      readonly type: RecordType;
      readonly records: readonly RecordData[];
    }
  | { readonly kind: "no rrset"; readonly name: string; readonly type: RecordType }
  /** Records of any type at the name; that there are names below it does not count. */
  | { readonly kind: "name in use"; readonly name: string }
  | { readonly kind: "name not in use"; readonly name: string };

/**
 * RFC 2136 2.5; made in the order given. Adding changes the TTL of what is there already, and a CNAME takes the place
 * of one that is there. A CNAME beside other records, or the other way round, is silently left out by the primary
 * (3.4.2.2). Deleting what is not there does nothing.
 */
export type ZoneChange =
  | { readonly kind: "add"; readonly record: RecordData }
  | { readonly kind: "delete rrset"; readonly name: string; readonly type: RecordType }
  | { readonly kind: "delete name"; readonly name: string }
  | { readonly kind: "delete record"; readonly record: RecordData };

export interface ZoneUpdate {
  readonly prerequisites: readonly Prerequisite[];
  readonly changes: readonly ZoneChange[];
}

/** Which kind of prerequisite did not hold, as the primary says it. */
export const UNMET_RCODES = ["YXDOMAIN", "NXDOMAIN", "YXRRSET", "NXRRSET"] as const;

export type UpdateOutcome =
  | { readonly kind: "done" }
  /** Nothing was changed. */
  | { readonly kind: "unmet"; readonly rcode: (typeof UNMET_RCODES)[number] };
