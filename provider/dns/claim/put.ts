import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { Deadline } from "../../fleet/deadline";
import { mayHaveBeenMade } from "../rfc2136/failure";
import type { Primary } from "../rfc2136/primary";
import type { UpdateOutcome, ZoneUpdate } from "../rfc2136/types";
import { sendUpdate } from "../rfc2136/update";
import { lookAtName } from "./look";
import {
  ownIn,
  planPut,
  planRemoval,
  standingOf,
  type Departure,
  type Holding,
  type Rights,
  type Sight,
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
 * removed: it was there, or is gone already. succeeded: somebody has the name now, such as the resource that took this
 * one's place. left: somebody changed what is there, and nobody owns it any more.
 */
export type Removal = "removed" | "succeeded" | "left";

/** The delete half. */
export async function removeHolding(
  primary: Primary,
  holding: Holding,
  departure: Departure,
  deadline: Deadline,
): Promise<Removal> {
  const removals: Removal[] = [];
  await untilDone(primary, holding, deadline, (sight) => {
    removals.push(removalAfter(holding, sight));
    return planRemoval(holding, sight, departure);
  });
  return removals.at(-1) ?? "removed";
}

function removalAfter(holding: Holding, sight: Sight): Removal {
  if (standingOf(sight).kind === "owned") return "succeeded";
  return ownIn(holding, sight).length === 0 ? "removed" : "left";
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
