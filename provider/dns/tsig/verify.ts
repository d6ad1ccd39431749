import { timingSafeEqual } from "node:crypto";
import { LIMITS } from "tls-offload-agent/contract";
import type { DnsMessage, TsigData } from "../message/message";
import { TSIG_ALGORITHMS } from "./algorithms";
import { beginDigest, timers, variables, type Digest } from "./digest";
import { isKeyOf, type TsigKey } from "./key";
import { splitMessage, type Split } from "./split";

/** `message` is without the TSIG record. */
export type TsigVerdict =
  | { readonly kind: "valid"; readonly message: DnsMessage }
  /** No TSIG. Between two that have one, the next valid one vouches for it (RFC 8945 5.3.1). */
  | { readonly kind: "unsigned"; readonly message: DnsMessage }
  /**
   * The other end says what is wrong with the request. BADTIME and BADTRUNC it signed; BADKEY and BADSIG it cannot sign,
   * and anybody can say (RFC 8945 5.3.2).
   */
  | { readonly kind: "refused"; readonly refusal: TsigRefusal }
  | { readonly kind: "invalid"; readonly error: TsigError; readonly detail: string };

export type TsigError = "BADSIG" | "BADKEY" | "BADTIME" | "BADTRUNC";

export type TsigRefusal =
  | { readonly error: Exclude<TsigError, "BADTIME"> }
  /** How far the other end's clock is ahead of this one's, negative when it is behind. */
  | { readonly error: "BADTIME"; readonly aheadSeconds: number };

const ERRORS: readonly TsigError[] = ["BADSIG", "BADKEY", "BADTIME", "BADTRUNC"];
const TIME_BYTES = 6;

/**
 * Verifies a request, or the messages that answer one in the order in which they come (RFC 8945 5.2 to 5.4). MACs
 * that are cut short are refused, all of them, as local policy may (5.2.4). A message that is none, or has
 * a TSIG where none may be, throws DnsMessageError. Nothing is valid after an invalid one.
 */
export class TsigVerifier {
  private digest: Digest;
  private signedBefore = false;
  private unsignedSince = 0;
  private failure: TsigVerdict | null = null;

  /** @param requestMac that of the request which the messages answer; null to verify a request. */
  constructor(
    private readonly key: TsigKey,
    requestMac: Buffer | null,
  ) {
    this.digest = beginDigest(key, requestMac);
  }

  verify(bytes: Buffer, nowSeconds: number): TsigVerdict {
    const split = splitMessage(bytes);
    const verdict = this.failure ?? this.judge(split, nowSeconds);
    if (verdict.kind === "invalid") this.failure = verdict;
    return verdict;
  }

  private judge(split: Split, nowSeconds: number): TsigVerdict {
    const { message, tsig, signedBytes } = split;
    if (tsig === null) return this.unsigned(message, signedBytes);
    const { keyName, data } = tsig;
    const error = ERRORS.find((one) => one === data.error && message.rcode === "NOTAUTH");
    if ((error === "BADKEY" || error === "BADSIG") && data.mac.length === 0) {
      return { kind: "refused", refusal: { error } };
    }
    const problem = this.macProblem(keyName, data, signedBytes);
    if (problem !== null) return problem;
    if (error !== undefined) return refusalOf(error, data, nowSeconds);
    const apartSeconds = Math.abs(data.timeSignedSeconds - nowSeconds);
    if (apartSeconds > data.fudgeSeconds) {
      return { kind: "invalid", error: "BADTIME", detail: `it was signed ${apartSeconds} s from now` };
    }
    return { kind: "valid", message };
  }

  private unsigned(message: DnsMessage, bytes: Buffer): TsigVerdict {
    if (!this.signedBefore) return { kind: "unsigned", message };
    this.unsignedSince += 1;
    if (this.unsignedSince > LIMITS.tsigUnsignedMessages) {
      return { kind: "invalid", error: "BADSIG", detail: "too much of it is not signed" };
    }
    this.digest.update(bytes);
    return { kind: "unsigned", message };
  }

  private macProblem(keyName: string, data: TsigData, signedBytes: Buffer): TsigVerdict | null {
    if (!isKeyOf(this.key, keyName, data)) {
      return { kind: "invalid", error: "BADKEY", detail: `it is signed with ${keyName}, ${data.algorithm}` };
    }
    const { macBytes } = TSIG_ALGORITHMS[this.key.algorithm];
    if (data.mac.length < macBytes) {
      return { kind: "invalid", error: "BADTRUNC", detail: `its MAC has ${data.mac.length} bytes` };
    }
    const variable = this.signedBefore ? timers(data) : variables(keyName, data);
    const mac = this.digest.update(signedBytes).update(variable).digest();
    if (data.mac.length !== macBytes || !timingSafeEqual(mac, data.mac)) {
      return { kind: "invalid", error: "BADSIG", detail: "its MAC is not the one that the key makes of it" };
    }
    this.digest = beginDigest(this.key, mac);
    this.signedBefore = true;
    this.unsignedSince = 0;
    return null;
  }
}

function refusalOf(error: TsigError, { other }: TsigData, nowSeconds: number): TsigVerdict {
  if (error !== "BADTIME") return { kind: "refused", refusal: { error } };
  if (other.length !== TIME_BYTES) {
    return { kind: "invalid", error, detail: "it says BADTIME and not what time it is" };
  }
  const aheadSeconds = other.readUIntBE(0, TIME_BYTES) - nowSeconds;
  return { kind: "refused", refusal: { error, aheadSeconds } };
}
