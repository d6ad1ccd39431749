import { decodeMessage } from "../message/codec";
import { DnsMessageError, type DnsMessage, type TsigData } from "../message/message";
import { number } from "../message/writer";
import { ADDITIONAL_COUNT_AT } from "./sign";

export interface Split {
  /** Without the TSIG record. */
  readonly message: DnsMessage;
  readonly tsig: { readonly keyName: string; readonly data: TsigData } | null;
  /** The bytes that were signed: without the TSIG record, and with the id that the signer saw. */
  readonly signedBytes: Buffer;
}

/** Takes the TSIG record off. Throws DnsMessageError where one stands where it must not (RFC 8945 5.1). */
export function splitMessage(bytes: Buffer): Split {
  const { message, lastRecordAt } = decodeMessage(bytes);
  const { answers, authorities, additionals } = message;
  const last = additionals.at(-1);
  const others = [...answers, ...authorities, ...additionals.slice(0, -1)];
  if (others.some(({ type }) => type === "TSIG")) {
    throw new DnsMessageError("a TSIG record is not the last one");
  }
  if (last?.type !== "TSIG") return { message, tsig: null, signedBytes: bytes };
  const { data, class: recordClass, name, ttlSeconds } = last;
  if (data.kind !== "tsig" || recordClass !== "ANY" || ttlSeconds !== 0) {
    throw new DnsMessageError("the TSIG record is none");
  }
  const signedBytes = Buffer.concat([number(2, data.originalId), bytes.subarray(2, lastRecordAt)]);
  number(2, additionals.length - 1).copy(signedBytes, ADDITIONAL_COUNT_AT);
  return {
    message: { ...message, additionals: additionals.slice(0, -1) },
    tsig: { keyName: name, data },
    signedBytes,
  };
}
