import { decodeMessage } from "../message/codec";
import { DnsMessageError, type DnsMessage } from "../message/message";
import { sameName } from "../message/names";
import type { TsigKey } from "../tsig/key";
import { TsigVerifier, type TsigRefusal } from "../tsig/verify";

/** A request as it was sent. */
export interface SentRequest {
  readonly message: DnsMessage;
  readonly key: TsigKey;
  readonly mac: Buffer;
}

/** What a packet turned out to be. Total: no packet makes judgeAnswer throw. */
export type Verdict =
  /** The primary's word, signed, whatever its response code. */
  | { readonly kind: "answer"; readonly message: DnsMessage }
  /** The primary, or somebody in its place, does not take the signature. */
  | { readonly kind: "refused"; readonly refusal: TsigRefusal }
  /** Not about this request. */
  | { readonly kind: "foreign"; readonly detail: string }
  | { readonly kind: "unsigned"; readonly rcode: string }
  | { readonly kind: "invalid"; readonly detail: string };

export function judgeAnswer({ message, key, mac }: SentRequest, packet: Buffer, nowSeconds: number): Verdict {
  try {
    const detail = foreignness(message, decodeMessage(packet).message);
    if (detail !== null) return { kind: "foreign", detail };
    const verdict = new TsigVerifier(key, mac).verify(packet, nowSeconds);
    switch (verdict.kind) {
      case "valid":
        return { kind: "answer", message: verdict.message };
      case "unsigned":
        return { kind: "unsigned", rcode: verdict.message.rcode };
      case "refused":
      case "invalid":
        return verdict;
    }
  } catch (error) {
    if (!(error instanceof DnsMessageError)) throw error;
    return { kind: "foreign", detail: `it is no DNS message, because ${error.message}` };
  }
}

/** null: by its header and its question it is an answer to the request. */
function foreignness(request: DnsMessage, answer: DnsMessage): string | null {
  if (!answer.flags.includes("qr")) return "it is a request itself";
  if (answer.id !== request.id) return "it has another id";
  if (answer.opcode !== request.opcode) return `it is about ${answer.opcode}`;
  if (!hasQuestionOf(request, answer)) return "it is about another question";
  return null;
}

/** An answer to UPDATE may leave its sections out (RFC 2136 3.8), and so may one that says no more than a failure. */
function hasQuestionOf(request: DnsMessage, { questions, rcode }: DnsMessage): boolean {
  if (questions.length === 0) return request.opcode === "UPDATE" || rcode !== "NOERROR";
  const [asked, seen] = [request.questions[0], questions[0]];
  if (asked === undefined || seen === undefined || questions.length > 1) return false;
  return asked.type === seen.type && asked.class === seen.class && sameName(asked.name, seen.name);
}
