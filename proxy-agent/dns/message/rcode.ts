/** Response codes (RFC 1035 4.1.1, RFC 6891 9). BADVERS is the only one that needs EDNS to be told. */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

export type RcodeName = keyof typeof RCODE;
export type Rcode = (typeof RCODE)[RcodeName];

/** "NXDOMAIN" for 3; "RCODE11" for one that this server never sends. */
export function rcodeName(rcode: number): string {
  return Object.entries(RCODE).find(([, value]) => value === rcode)?.[0] ?? `RCODE${rcode}`;
}
