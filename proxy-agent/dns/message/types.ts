/** Numbers of record types and of questions that are no type (IANA's registry; RFC 1035 3.2.2 and 3.2.3). */
export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  TXT: 16,
  SIG: 24,
  KEY: 25,
  AAAA: 28,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
} as const;

export const CLASS_IN = 1;

/** RFC 1035 4.1.1 */
export const HEADER_BYTES = 12;

/** The upper two bits of a length that is none, but the first half of a pointer (RFC 1035 4.1.4). */
export const POINTER = 0xc0;
