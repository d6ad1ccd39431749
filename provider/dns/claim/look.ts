import { isDeepStrictEqual } from "node:util";
import { OffloadError } from "tls-offload-agent/contract";
import type { Deadline } from "../../fleet/deadline";
import { primaryText, type Primary } from "../rfc2136/primary";
import { readRecords, type RecordsRead } from "../rfc2136/read";
import type { RecordType } from "../rfc2136/types";
import { sendUpdate } from "../rfc2136/update";
import { standingOf, standsAlone, type Holding, type Sight } from "./plan";

/** Types that stand in a CNAME's way, as far as people use them. Others show when the primary refuses. */
const USUAL_TYPES: readonly RecordType[] = ["A", "AAAA", "CNAME", "TXT"];

const LOOKS = 5;

const NOTHING: Sight = { ownerRecords: [], records: [], otherTypes: [] };

/**
 * A name as the primary has it just now: whose it is and what is there, of one and the same moment. Where somebody
 * wrote in between, both are asked for again. Throws DNS_NAME_DELEGATED.
 */
export async function lookAtName(primary: Primary, holding: Holding, deadline: Deadline): Promise<Sight> {
  for (let looks = 1; ; looks += 1) {
    const before = await ownerRecordsAt(primary, holding.ownerName, deadline);
    const sight = await lookOnce(primary, holding, deadline);
    if (looks === LOOKS || isDeepStrictEqual(before, sight.ownerRecords)) return sight;
  }
}

async function lookOnce(primary: Primary, holding: Holding, deadline: Deadline): Promise<Sight> {
  const sight = await recordsAt(primary, holding, deadline);
  const ownerRecords = await ownerRecordsAt(primary, holding.ownerName, deadline);
  // In a shared set others' records are in nobody's way, wherever they come from.
  const isInTheWay = sight.otherTypes.length > 0 || (holding.share === "whole" && sight.records.length > 0);
  if (!isInTheWay || standingOf({ ownerRecords }).kind === "owned") return { ...sight, ownerRecords };
  return { ...((await standsThere(primary, holding.name, deadline)) ? sight : NOTHING), ownerRecords };
}

async function ownerRecordsAt(
  primary: Primary,
  ownerName: string,
  deadline: Deadline,
): Promise<Sight["ownerRecords"]> {
  const { records } = await readOwn(primary, ownerName, ["TXT"], deadline);
  const ownerRecords = records.flatMap((record) => (record.type === "TXT" ? [record.texts] : []));
  if (standingOf({ ownerRecords }).kind !== "unreadable") return ownerRecords;
  return (await standsThere(primary, ownerName, deadline)) ? ownerRecords : [];
}

async function recordsAt(primary: Primary, holding: Holding, deadline: Deadline): Promise<Sight> {
  const { name, types } = holding;
  // A CNAME comes with the answer to any question.
  const asked = standsAlone(holding) ? USUAL_TYPES : types;
  const { records, otherTypes } = await readOwn(primary, name, asked, deadline);
  const foreign = records.map(({ type }) => type).filter((type) => !types.includes(type));
  return {
    ownerRecords: [],
    records: records.filter(({ type }) => types.includes(type)),
    otherTypes: [...new Set([...foreign, ...otherTypes])],
  };
}

/** Where the name is delegated away, what is written is not read back. */
async function readOwn(
  primary: Primary,
  name: string,
  types: readonly RecordType[],
  deadline: Deadline,
): Promise<RecordsRead> {
  const read = await readRecords(primary, name, types, deadline);
  if (read.authoritative) return read;
  const server = primaryText(primary);
  throw new OffloadError("DNS_NAME_DELEGATED", "", { server, name, zone: primary.zone });
}

/**
 * In an answer the records of a wildcard look like the name's own; a prerequisite tells them apart (RFC 2136 2.4.4,
 * RFC 4592 3). The update is empty.
 */
async function standsThere(primary: Primary, name: string, deadline: Deadline): Promise<boolean> {
  const update = { prerequisites: [{ kind: "name in use", name } as const], changes: [] };
  return (await sendUpdate(primary, update, deadline)).kind === "done";
}
