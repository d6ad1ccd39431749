/** Algorithms of TSIG (RFC 8945 6) with what `node:crypto` calls their hash, and the bytes of a whole MAC. */
export const TSIG_ALGORITHMS = {
  "hmac-sha256": { hash: "sha256", macBytes: 32 },
  "hmac-sha224": { hash: "sha224", macBytes: 28 },
  "hmac-sha384": { hash: "sha384", macBytes: 48 },
  "hmac-sha512": { hash: "sha512", macBytes: 64 },
  /** Old servers only. */
  "hmac-sha1": { hash: "sha1", macBytes: 20 },
} as const;

export type TsigAlgorithm = keyof typeof TSIG_ALGORITHMS;

export const DEFAULT_TSIG_ALGORITHM: TsigAlgorithm = "hmac-sha256";
