import { writeRecord } from "../message/codec";
import { number } from "../message/writer";
import { beginDigest, variables } from "./digest";
import type { TsigKey } from "./key";

export interface Signed {
  readonly bytes: Buffer;
  /** The answer is signed over it. */
  readonly mac: Buffer;
}

/** How far the clocks may be apart (RFC 8945 10). */
export const FUDGE_SECONDS = 300;
/** Where the header counts additional records. */
export const ADDITIONAL_COUNT_AT = 10;

/** Puts a TSIG record behind a whole request (RFC 8945 5.1). `timeSeconds`: now, in seconds since 1970. */
export function signRequest(unsigned: Buffer, key: TsigKey, timeSeconds: number): Signed {
  const fields = {
    algorithm: key.algorithm,
    timeSignedSeconds: timeSeconds,
    fudgeSeconds: FUDGE_SECONDS,
    error: "NOERROR",
    other: Buffer.alloc(0),
  } as const;
  const mac = beginDigest(key, null).update(unsigned).update(variables(key.name, fields)).digest();
  const data = { kind: "tsig", ...fields, mac, originalId: unsigned.readUInt16BE(0) } as const;
  const record = writeRecord({ name: key.name, type: "TSIG", class: "ANY", ttlSeconds: 0, data });
  const bytes = Buffer.concat([unsigned, record]);
  number(2, unsigned.readUInt16BE(ADDITIONAL_COUNT_AT) + 1).copy(bytes, ADDITIONAL_COUNT_AT);
  return { bytes, mac };
}
