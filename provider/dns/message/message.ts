import type { ClassName, OpcodeName, RcodeName, TypeName } from "./mnemonics";

/**
 * A DNS message as text and numbers, for dynamic update (RFC 2136) and TSIG (RFC 8945). Of UPDATE, `questions` is the
 * zone section, `answers` the prerequisites and `authorities` the changes (RFC 2136 2).
 *
 * Names are written as in zone files: without the final dot, "." for the root, and \DDD for a byte that is no
 * printable ASCII, a dot within a label or a backslash. Their case is kept.
 */
export interface DnsMessage {
  /** 0 to 65535. */
  readonly id: number;
  readonly opcode: OpcodeName;
  /** In the order of FLAGS. */
  readonly flags: readonly Flag[];
  readonly rcode: RcodeName;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

/** A response, authoritative, truncated, recursion desired and available, reserved, AD and CD (RFC 1035 4.1.1, RFC 4035 3.2). */
export type Flag = "qr" | "aa" | "tc" | "rd" | "ra" | "z" | "ad" | "cd";

export interface Question {
  readonly name: string;
  readonly type: TypeName;
  readonly class: ClassName;
}

export interface ResourceRecord extends Question {
  /** 0 to 4294967295. */
  readonly ttlSeconds: number;
  readonly data: Rdata;
}

/** What a record holds. Types without a form of their own here are `opaque`; no data at all is `empty` in all types. */
export type Rdata = EmptyData | AddressData | NameData | TextsData | SoaData | TsigData | OpaqueData;

/** RDLENGTH 0, of which the prerequisites and deletions of UPDATE are made (RFC 2136 2.4, 2.5). */
export interface EmptyData {
  readonly kind: "empty";
}

/** A and AAAA. */
export interface AddressData {
  readonly kind: "address";
  /** Of IPv6, the form of RFC 5952 is read. */
  readonly address: string;
}

/** CNAME, NS, PTR and DNAME. */
export interface NameData {
  readonly kind: "name";
  readonly name: string;
}

/** TXT. */
export interface TextsData {
  readonly kind: "texts";
  /** Each character is one byte, 255 of them at most. */
  readonly texts: readonly string[];
}

/** RFC 1035 3.3.13. */
export interface SoaData {
  readonly kind: "soa";
  readonly primary: string;
  readonly mailbox: string;
  readonly serial: number;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  readonly minimumSeconds: number;
}

/** RFC 8945 4.2. */
export interface TsigData {
  readonly kind: "tsig";
  readonly algorithm: string;
  /** Seconds since 1970, 48 bits. */
  readonly timeSignedSeconds: number;
  readonly fudgeSeconds: number;
  readonly mac: Buffer;
  readonly originalId: number;
  readonly error: RcodeName;
  readonly other: Buffer;
}

export interface OpaqueData {
  readonly kind: "opaque";
  /** At least one. */
  readonly bytes: Buffer;
}

export const EMPTY: EmptyData = { kind: "empty" };

/** The only thing that reading and writing messages throw: the packet, or the message, is not one. */
export class DnsMessageError extends Error {
  override readonly name = "DnsMessageError";
}
