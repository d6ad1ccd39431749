import { OffloadError, type ErrorCode } from "tls-offload-agent/contract";
import { FUDGE_SECONDS } from "../tsig/sign";
import { secretVariableOf } from "../tsig/secret-variable";
import type { TsigRefusal } from "../tsig/verify";
import type { Verdict } from "./answer";
import { primaryText, type Primary } from "./primary";

/** A request to a primary, for messages. */
export interface Errand {
  readonly primary: Primary;
  /** "the update of zone example.com", "the question for www.example.com CNAME". */
  readonly what: string;
}

/** Every verdict but an answer is a failure. */
export function verdictFailure(errand: Errand, verdict: Exclude<Verdict, { kind: "answer" }>): OffloadError {
  const { primary, what } = errand;
  const server = primaryText(primary);
  const key = primary.key.name;
  switch (verdict.kind) {
    case "refused":
      return refusalFailure(primary, verdict.refusal);
    case "foreign":
      return new OffloadError("DNS_ANSWER_FOREIGN", "", { server, what, detail: verdict.detail });
    case "unsigned":
      return unsignedFailure(errand, verdict.rcode);
    case "invalid":
      return new OffloadError("TSIG_ANSWER_INVALID", "", { server, what, key, detail: verdict.detail });
  }
}

/** An answer whose response code says that the request was not done. */
export function rcodeFailure(errand: Errand, rcode: string): OffloadError {
  const { primary, what } = errand;
  const server = primaryText(primary);
  return (
    saidFailure(errand, rcode, rcode) ?? new OffloadError("DNS_RCODE_UNEXPECTED", "", { server, what, rcode })
  );
}

/** A server signs nothing that it refuses for want of the zone or of TSIG: Knot leaves NOTAUTH and REFUSED unsigned. */
function unsignedFailure(errand: Errand, rcode: string): OffloadError {
  const { primary, what } = errand;
  const parameters = { server: primaryText(primary), what, key: primary.key.name, rcode };
  const failure = saidFailure(errand, rcode, `${rcode}, not signed`);
  return failure ?? new OffloadError("TSIG_ANSWER_UNSIGNED", "", parameters);
}

/** null: the code does not say that nothing was done. */
function saidFailure({ primary, what }: Errand, code: string, rcode: string): OffloadError | null {
  const server = primaryText(primary);
  const { zone, key } = primary;
  switch (code) {
    case "NOTAUTH":
      return new OffloadError("DNS_ZONE_NOT_SERVED", "", { server, zone, rcode });
    case "NOTZONE":
      return new OffloadError("DNS_NAME_OUTSIDE_ZONE", "", { server, what, zone, rcode });
    case "REFUSED":
      return new OffloadError("DNS_PRIMARY_REFUSES", "", { server, what, zone, key: key.name, rcode });
    case "SERVFAIL":
      return new OffloadError("DNS_PRIMARY_FAILED", "", { server, what, rcode });
    case "FORMERR":
      return new OffloadError("DNS_FORM_REFUSED", "", { server, what, rcode });
    case "NOTIMP":
      return new OffloadError("DNS_UPDATES_NOT_IMPLEMENTED", "", { server, what, rcode });
    default:
      return null;
  }
}

function refusalFailure(primary: Primary, refusal: TsigRefusal): OffloadError {
  const server = primaryText(primary);
  const { name: key, algorithm } = primary.key;
  switch (refusal.error) {
    case "BADKEY":
      return new OffloadError("TSIG_KEY_UNKNOWN", "", { server, key, algorithm });
    case "BADSIG":
      return new OffloadError("TSIG_SIGNATURE_REFUSED", "", { server, key, variable: secretVariableOf(key) });
    case "BADTRUNC":
      return new OffloadError("TSIG_TRUNCATION_REFUSED", "", { server, key });
    case "BADTIME": {
      const [here, there] = ["this machine", `the DNS server at ${server}`];
      const [ahead, behind] = refusal.aheadSeconds > 0 ? [there, here] : [here, there];
      const seconds = Math.abs(refusal.aheadSeconds);
      return new OffloadError("TSIG_CLOCKS_APART", "", { ahead, behind, seconds, most: FUDGE_SECONDS });
    }
  }
}

const UNCERTAIN: readonly ErrorCode[] = [
  "DNS_UPDATE_UNANSWERED",
  "DNS_ANSWER_FOREIGN",
  "TSIG_ANSWER_UNSIGNED",
  "TSIG_ANSWER_INVALID",
];

/** Whether the primary may have made an update that failed with this error: what it said was not heard. */
export function mayHaveBeenMade(error: unknown): boolean {
  return error instanceof OffloadError && UNCERTAIN.some((code) => code === error.code);
}
