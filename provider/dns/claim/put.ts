import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { Deadline } from "../../fleet/deadline";
import { mayHaveBeenMade } from "../rfc2136/failure";
import type { Primary } from "../rfc2136/primary";
import type { UpdateOutcome, ZoneUpdate } from "../rfc2136/types";
import { sendUpdate } from "../rfc2136/update";
import { lookAtName } from "./look";
import type { Ownership } from "./owner-record";
import {
  planPut,
  planRemoval,
  standingOf,
  type Holding,
  type Rights,
  type Sight,
  type Standing,
} from "./plan";

/**
 * Brings records into a zone, in one UPDATE that is conditional on the zone being as it was looked at. Throws
 * RECORD_OWNED, RECORD_FOREIGN, RECORD_IN_THE_WAY, RECORD_CONTENDED, or what the primary refuses with.
 */
export async function putHolding(
  primary: Primary,
  holding: Holding,
  rights: Rights,
  deadline: Deadline,
): Promise<void> {
  await untilDone(primary, holding, deadline, (sight) => planPut(holding, sight, rights));
}

/**
 * The delete half. removed: it was there, or is gone already. succeeded: somebody has the name now, such as the resource
 * that took this one's place.
 */
export async function removeHolding(
  primary: Primary,
  holding: Holding,
  ownership: Ownership,
  deadline: Deadline,
): Promise<"removed" | "succeeded"> {
  const standings: Standing[] = [];
  await untilDone(primary, holding, deadline, (sight) => {
    standings.push(standingOf(sight));
    return planRemoval(holding, sight, ownership);
  });
  return standings.at(-1)?.kind === "unowned" ? "removed" : "succeeded";
}

/**
 * Looks, plans, writes, and looks again: until there is nothing to do. A write that somebody else came before, or
 * whose answer was lost, is planned anew from what is there then.
 */
async function untilDone(
  primary: Primary,
  holding: Holding,
  deadline: Deadline,
  plan: (sight: Sight) => ZoneUpdate | null,
): Promise<void> {
  let last: UpdateOutcome | OffloadError = { kind: "done" };
  for (let tries = 0; ; tries += 1) {
    deadline.check(`writing ${holding.name}`);
    const update = plan(await lookAtName(primary, holding, deadline));
    if (update === null) return;
    if (tries === LIMITS.zoneUpdateTries)
      throw last instanceof OffloadError ? last : contended(holding, last);
    last = await sendUpdate(primary, update, deadline).catch((error: unknown) => {
      if (error instanceof OffloadError && mayHaveBeenMade(error)) return error;
      throw error;
    });
  }
}

/** What the primary finds in use, and was not seen, has a type that was not asked for. */
function contended({ name, ownerName }: Holding, last: UpdateOutcome): OffloadError {
  if (last.kind === "unmet" && last.rcode === "YXDOMAIN") {
    const types = `less usual ones, or some at ${ownerName}`;
    return new OffloadError("RECORD_IN_THE_WAY", "", { name, types });
  }
  return new OffloadError("RECORD_CONTENDED", "", { name, tries: LIMITS.zoneUpdateTries });
}
