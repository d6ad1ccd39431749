import { createHmac } from "node:crypto";
import type { TsigData } from "../message/message";
import { CLASSES, RCODES } from "../message/mnemonics";
import { canonicalName, nameToBytes } from "../message/names";
import { block, number } from "../message/writer";
import { TSIG_ALGORITHMS } from "./algorithms";
import type { TsigKey } from "./key";

/** What a TSIG record says besides the MAC. */
export type TsigFields = Omit<TsigData, "kind" | "mac" | "originalId">;

export type Digest = ReturnType<typeof createHmac>;

/** The hash of a message begins with the MAC of the one before it: the request's, or the last answer's (RFC 8945 4.3.1). */
export function beginDigest(key: TsigKey, priorMac: Buffer | null): Digest {
  const digest = createHmac(TSIG_ALGORITHMS[key.algorithm].hash, key.secret);
  return priorMac === null ? digest : digest.update(block(2, priorMac));
}

/** TSIG variables (RFC 8945 4.3.3). */
export function variables(keyName: string, fields: TsigFields): Buffer {
  const ttl = 0;
  return Buffer.concat([
    nameToBytes(canonicalName(keyName)),
    number(2, CLASSES.valueOf("ANY")),
    number(4, ttl),
    nameToBytes(canonicalName(fields.algorithm)),
    timers(fields),
    number(2, RCODES.valueOf(fields.error)),
    block(2, fields.other),
  ]);
}

/** All that is hashed of the TSIG record of a second and later message of one answer (RFC 8945 5.3.1). */
export function timers({ timeSignedSeconds, fudgeSeconds }: TsigFields): Buffer {
  return Buffer.concat([number(6, timeSignedSeconds), number(2, fudgeSeconds)]);
}
