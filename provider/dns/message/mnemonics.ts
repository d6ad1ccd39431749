import { DnsMessageError } from "./message";

/** Names for the numbers of DNS (IANA's registry of DNS parameters). Others are spelled as RFC 3597 does: "TYPE65280". */
interface Mnemonics<Name extends string> {
  readonly nameOf: (value: number) => Name;
  /** Throws DnsMessageError for a name that stands for no number of 16 bits. */
  readonly valueOf: (name: Name) => number;
}

function mnemonics<Table extends Readonly<Record<string, number>>, Prefix extends string>(
  prefix: Prefix,
  table: Table,
): Mnemonics<(keyof Table & string) | `${Prefix}${number}`> {
  type Name = (keyof Table & string) | `${Prefix}${number}`;
  const names = new Map<number, Name>(Object.entries(table).map(([name, value]) => [value, name]));
  return {
    nameOf: (value) => names.get(value) ?? `${prefix}${value}`,
    valueOf: (name) => {
      const value = Object.hasOwn(table, name) ? table[name] : numbered(prefix, name);
      if (value === undefined) throw new DnsMessageError(`there is no ${prefix} "${name}"`);
      return value;
    },
  };
}

/** "TYPE65280" -> 65280 */
function numbered(prefix: string, name: string): number | undefined {
  const value = new RegExp(`^${prefix}(0|[1-9]\\d{0,4})$`).exec(name)?.[1];
  return value !== undefined && Number(value) <= 0xffff ? Number(value) : undefined;
}

export const TYPES = mnemonics("TYPE", {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  TSIG: 250,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
});
export type TypeName = ReturnType<(typeof TYPES)["nameOf"]>;

/** NONE and ANY are those of RFC 2136. An OPT record has its sender's UDP size here: "CLASS1232". */
export const CLASSES = mnemonics("CLASS", { IN: 1, CH: 3, NONE: 254, ANY: 255 });
export type ClassName = ReturnType<(typeof CLASSES)["nameOf"]>;

export const OPCODES = mnemonics("OPCODE", { QUERY: 0, NOTIFY: 4, UPDATE: 5 });
export type OpcodeName = ReturnType<(typeof OPCODES)["nameOf"]>;

/** Those above 15 stand in a TSIG record only. */
export const RCODES = mnemonics("RCODE", {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADSIG: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADTRUNC: 22,
});
export type RcodeName = ReturnType<(typeof RCODES)["nameOf"]>;
