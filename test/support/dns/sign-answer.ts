import { createHmac } from "node:crypto";
import { decodeMessage, encodeMessage } from "../../../provider/dns/message/codec";
import type { ResourceRecord, TsigData } from "../../../provider/dns/message/message";
import { nameToBytes } from "../../../provider/dns/message/names";
import { TSIG_ALGORITHMS } from "../../../provider/dns/tsig/algorithms";
import type { TsigKey } from "../../../provider/dns/tsig/key";

export interface AnswerSigning {
  readonly key: TsigKey;
  readonly timeSeconds: number;
  /** That of the request, or of the last signed message before. */
  readonly priorMac: Buffer;
  /** A second and later message: the unsigned ones since the last signed one. */
  readonly unsignedBefore?: readonly Buffer[];
  readonly error?: TsigData["error"];
  readonly other?: Buffer;
}

/** A server's half of RFC 8945 (5.3), which the provider has no use for. */
export function signAnswer(unsigned: Buffer, signing: AnswerSigning): { bytes: Buffer; mac: Buffer } {
  const { key, priorMac, unsignedBefore } = signing;
  const { message } = decodeMessage(unsigned);
  const fields: Omit<TsigData, "mac"> = {
    ...{ kind: "tsig", algorithm: key.algorithm, originalId: message.id, fudgeSeconds: 300 },
    timeSignedSeconds: signing.timeSeconds,
    error: signing.error ?? "NOERROR",
    other: signing.other ?? Buffer.alloc(0),
  };
  const timers = hex(fields.timeSignedSeconds, 6) + hex(fields.fudgeSeconds, 2);
  const variables = [
    Buffer.concat([nameToBytes(key.name), Buffer.from("00ff00000000", "hex"), nameToBytes(key.algorithm)]),
    Buffer.from(timers, "hex"),
    Buffer.from(hex(ERRORS[fields.error] ?? 0, 2) + hex(fields.other.length, 2), "hex"),
    fields.other,
  ];
  const digested = [
    Buffer.from(hex(priorMac.length, 2), "hex"),
    priorMac,
    ...(unsignedBefore ?? []),
    unsigned,
    ...(unsignedBefore === undefined ? variables : [Buffer.from(timers, "hex")]),
  ];
  const { hash } = TSIG_ALGORITHMS[key.algorithm];
  const mac = createHmac(hash, key.secret).update(Buffer.concat(digested)).digest();
  const record: ResourceRecord = {
    ...{ name: key.name, type: "TSIG", class: "ANY", ttlSeconds: 0 },
    data: { ...fields, mac },
  };
  return { bytes: encodeMessage({ ...message, additionals: [...message.additionals, record] }), mac };
}

/** A signed message with its TSIG record changed, MAC and all else as they were. */
export function tampered(
  signed: Buffer,
  change: Partial<TsigData>,
  record: Partial<ResourceRecord> = {},
): Buffer {
  const { message } = decodeMessage(signed);
  const tsig = message.additionals.at(-1);
  if (tsig?.data.kind !== "tsig") throw new Error("not signed");
  const changed = { ...tsig, ...record, data: { ...tsig.data, ...change } };
  return encodeMessage({ ...message, additionals: [...message.additionals.slice(0, -1), changed] });
}

const ERRORS: Readonly<Record<string, number>> = { BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 };

function hex(value: number, bytes: number): string {
  return value.toString(16).padStart(2 * bytes, "0");
}
