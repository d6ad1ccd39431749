import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS, OffloadError, type ErrorCode } from "tls-offload-agent/contract";
import type { Deadline } from "../../fleet/deadline";
import { encodeMessage } from "../message/codec";
import type { DnsMessage } from "../message/message";
import { exchangeOver, exchangeUdp } from "../transport";
import { signRequest } from "../tsig/sign";
import { judgeAnswer, type SentRequest, type Verdict } from "./answer";
import { verdictFailure, type Errand } from "./failure";
import type { Request } from "./messages";
import { primaryText } from "./primary";
import { addressesOf, connectTo, textOf } from "./reach";

/** What the primary said; signed, and with any response code. */
export interface Answer {
  readonly message: DnsMessage;
  /** An earlier copy of the request went out, and nobody knows what became of it. */
  readonly repeated: boolean;
}

type Signed = SentRequest & { readonly bytes: Buffer };

/** Nothing came of these for certain, so they are tried again. */
const TRIED_AGAIN: readonly ErrorCode[] = [
  "DNS_PRIMARY_NAME_UNKNOWN",
  "DNS_PRIMARY_UNREACHABLE",
  "DNS_PRIMARY_SILENT",
];

/**
 * One signed request and its signed answer. A change is sent over TCP at most once; connecting, and questions, are
 * tried again within the deadline. Throws the errors of contract/errors/dns.ts, and OPERATION_TIMED_OUT before
 * anything is sent.
 */
export async function exchange(errand: Errand, request: Request, deadline: Deadline): Promise<Answer> {
  deadline.check(`asking the DNS server at ${primaryText(errand.primary)}`);
  const early = errand.primary.transport === "udp" ? await overUdp(errand, request, deadline) : "not sent";
  if (typeof early !== "string") return settled(errand, early, false);
  const repeated = early === "no answer" && request.opcode === "UPDATE";
  try {
    return settled(errand, await overTcp(errand, request, deadline), repeated);
  } catch (error) {
    throw repeated && isTriedAgain(error) ? silence(errand, request, error) : error;
  }
}

function settled(errand: Errand, verdict: Verdict, repeated: boolean): Answer {
  if (verdict.kind !== "answer") throw verdictFailure(errand, verdict);
  return { message: verdict.message, repeated };
}

/**
 * Whatever is not the primary's answer is passed over: anybody can send a datagram. That goes for a refusal without
 * a MAC too, which stands only when nothing better came (RFC 8945 5.4).
 */
async function overUdp(
  errand: Errand,
  request: Request,
  deadline: Deadline,
): Promise<Verdict | "not sent" | "no answer"> {
  const signed = sign(errand, request);
  if (signed.bytes.length > LIMITS.dnsUdpBytes) return "not sent";
  const [address] = await addressesOf(errand.primary).catch(() => []);
  if (address === undefined) return "not sent";
  const refusals: Verdict[] = [];
  const accept = (packet: Buffer): Verdict | null => {
    const verdict = judgeAnswer(signed, packet, nowSeconds());
    if (verdict.kind === "refused") refusals.push(verdict);
    return isVouchedFor(verdict) ? verdict : null;
  };
  const seconds = Math.min(LIMITS.dnsUdpAnswerSeconds, deadline.remainingSeconds());
  try {
    const verdict = await exchangeUdp(address, signed.bytes, accept, seconds * 1_000);
    return isTruncated(verdict) ? "no answer" : verdict;
  } catch (error) {
    return refusals[0] ?? (isSystemError(error) ? "not sent" : "no answer");
  }
}

/** Made with the key. BADTIME and BADTRUNC are signed, BADKEY and BADSIG cannot be. */
function isVouchedFor(verdict: Verdict): boolean {
  if (verdict.kind !== "refused") return verdict.kind === "answer";
  return verdict.refusal.error === "BADTIME" || verdict.refusal.error === "BADTRUNC";
}

/** The kernel says that the datagram went nowhere; silence is told by a timer. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}

function isTruncated(verdict: Verdict): boolean {
  return verdict.kind === "answer" && verdict.message.flags.includes("tc");
}

async function overTcp(errand: Errand, request: Request, deadline: Deadline): Promise<Verdict> {
  for (let triesLeft = LIMITS.dnsTries - 1; ; triesLeft -= 1) {
    try {
      return await onceOverTcp(errand, request, deadline);
    } catch (error) {
      const isWorthwhile = isTriedAgain(error) && deadline.remainingSeconds() > LIMITS.dnsRetrySeconds;
      if (triesLeft <= 0 || !isWorthwhile) throw error;
    }
    await sleep(LIMITS.dnsRetrySeconds * 1_000);
  }
}

async function onceOverTcp(errand: Errand, request: Request, deadline: Deadline): Promise<Verdict> {
  const signed = sign(errand, request);
  const socket = await connectTo(errand.primary, deadline);
  const seconds = Math.min(LIMITS.dnsAnswerSeconds, deadline.remainingSeconds());
  try {
    const packet = await exchangeOver(socket, signed.bytes, (message) => message, seconds * 1_000);
    return judgeAnswer(signed, packet, nowSeconds());
  } catch (error) {
    throw silence(errand, request, error);
  } finally {
    socket.destroy();
  }
}

/** A lost answer to a question is nothing; after a change nobody knows what the zone has now. */
function silence({ primary, what }: Errand, { opcode }: Request, error: unknown): OffloadError {
  const code = opcode === "UPDATE" ? "DNS_UPDATE_UNANSWERED" : "DNS_PRIMARY_SILENT";
  const parameters = { server: primaryText(primary), what, detail: textOf(error) };
  return new OffloadError(code, "", parameters, { cause: error });
}

function isTriedAgain(error: unknown): boolean {
  return error instanceof OffloadError && TRIED_AGAIN.some((code) => code === error.code);
}

/** Each sending has an id and a time of its own. */
function sign({ primary }: Errand, request: Request): Signed {
  const message = { ...request, id: randomInt(0x1_0000) };
  return { message, key: primary.key, ...signRequest(encodeMessage(message), primary.key, nowSeconds()) };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
