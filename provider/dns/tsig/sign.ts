import { writeRecord } from "../message/codec";
import type { RcodeName } from "../message/mnemonics";
import { number } from "../message/writer";
import { beginDigest, timers, variables, type TsigFields } from "./digest";
import type { TsigKey } from "./key";

export interface Signing {
  readonly key: TsigKey;
  /** Seconds since 1970. */
  readonly timeSeconds: number;
  /** An answer: the MAC of its request; of a second and later message: that of the one before. */
  readonly priorMac?: Buffer;
  /** A second and later message of one answer. */
  readonly timersOnly?: boolean;
  /** What is wrong with the request that this answers, and for BADTIME the signer's own time. */
  readonly error?: RcodeName;
  readonly other?: Buffer;
}

export interface Signed {
  readonly bytes: Buffer;
  readonly mac: Buffer;
}

/** How far the clocks may be apart (RFC 8945 10). */
export const FUDGE_SECONDS = 300;
const ID_BYTES = 2;
/** The last of the header's counts: additional records. */
export const ADDITIONAL_COUNT_AT = 10;

/** Puts a TSIG record behind a whole message (RFC 8945 5.1, 5.3). */
export function signMessage(unsigned: Buffer, signing: Signing): Signed {
  const { key, timeSeconds, priorMac, timersOnly = false } = signing;
  const { error = "NOERROR", other = Buffer.alloc(0) } = signing;
  const fields: TsigFields = {
    algorithm: key.algorithm,
    timeSignedSeconds: timeSeconds,
    fudgeSeconds: FUDGE_SECONDS,
    error,
    other,
  };
  const mac = beginDigest(key, priorMac ?? null)
    .update(unsigned)
    .update(timersOnly ? timers(fields) : variables(key.name, fields))
    .digest();
  return { bytes: withTsig(unsigned, key.name, fields, mac), mac };
}

function withTsig(unsigned: Buffer, name: string, fields: TsigFields, mac: Buffer): Buffer {
  const originalId = unsigned.readUIntBE(0, ID_BYTES);
  const data = { kind: "tsig", ...fields, mac, originalId } as const;
  const record = writeRecord({ name, type: "TSIG", class: "ANY", ttlSeconds: 0, data });
  const bytes = Buffer.concat([unsigned, record]);
  number(2, unsigned.readUInt16BE(ADDITIONAL_COUNT_AT) + 1).copy(bytes, ADDITIONAL_COUNT_AT);
  return bytes;
}
