import type { Deadline } from "../../fleet/deadline";
import type { DnsMessage, ResourceRecord } from "../message/message";
import { sameName } from "../message/names";
import { exchange } from "./exchange";
import { rcodeFailure } from "./failure";
import { questionRequest } from "./messages";
import type { Primary } from "./primary";
import { recordOf } from "./records";
import type { RecordData, RecordType } from "./types";

export interface RecordsRead {
  /** Every answer was given with authority; false where the name is delegated away from the primary. */
  readonly authoritative: boolean;
  /** false: NXDOMAIN, there is nothing at the name nor below it. */
  readonly nameExists: boolean;
  /**
   * What stands at the name, of the types asked for; a CNAME always. Where a wildcard covers the name, its records,
   * which cannot be told from the name's own.
   */
  readonly records: readonly RecordData[];
  /** Other types that the answers show there, as ANY does: "MX". */
  readonly otherTypes: readonly string[];
}

/**
 * Asks the primary itself, one signed question a type. "ANY" asks for all that is there, which a server need
 * not tell (RFC 8482); BIND and Knot do over TCP. Throws the errors of contract/errors/dns.ts.
 */
export async function readRecords(
  primary: Primary,
  name: string,
  types: readonly (RecordType | "ANY")[],
  deadline: Deadline,
): Promise<RecordsRead> {
  const answers: DnsMessage[] = [];
  for (const type of types) answers.push(await ask(primary, name, type, deadline));
  const standing = answers.flatMap((answer) =>
    answer.answers.filter((record) => sameName(record.name, name)),
  );
  return {
    authoritative: answers.every(({ flags }) => flags.includes("aa")),
    // A CNAME that leads nowhere has the response code of where it leads (RFC 6604 3).
    nameExists: standing.length > 0 || answers.every(({ rcode }) => rcode !== "NXDOMAIN"),
    records: distinct(standing.map(recordOf).filter((record) => record !== null)),
    otherTypes: distinct(standing.filter(isOther).map(({ type }) => type)),
  };
}

async function ask(
  primary: Primary,
  name: string,
  type: RecordType | "ANY",
  deadline: Deadline,
): Promise<DnsMessage> {
  const errand = { primary, what: `the question for ${name} ${type}` };
  const { message } = await exchange(errand, questionRequest(name, type), deadline);
  if (message.rcode !== "NOERROR" && message.rcode !== "NXDOMAIN") {
    throw rcodeFailure(errand, message.rcode);
  }
  return message;
}

function isOther(record: ResourceRecord): boolean {
  return recordOf(record) === null;
}

/** A CNAME comes with each answer. */
function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
