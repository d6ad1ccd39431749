import { OffloadError } from "tls-offload-agent/contract";
import type { Deadline } from "../../fleet/deadline";
import { exchange } from "./exchange";
import { rcodeFailure } from "./failure";
import { updateRequest } from "./messages";
import { primaryText, type Primary } from "./primary";
import { UNMET_RCODES, type UpdateOutcome, type ZoneUpdate } from "./types";

/**
 * One UPDATE: the primary makes all of its changes when all of its prerequisites hold, or none. Throws the errors of
 * contract/errors/dns.ts; `mayHaveBeenMade` tells those after which the change may be in force.
 */
export async function sendUpdate(
  primary: Primary,
  update: ZoneUpdate,
  deadline: Deadline,
): Promise<UpdateOutcome> {
  const what = `the update of zone ${primary.zone}`;
  const { message, repeated } = await exchange(
    { primary, what },
    updateRequest(primary.zone, update),
    deadline,
  );
  const { rcode } = message;
  if (rcode === "NOERROR") return { kind: "done" };
  const unmet = UNMET_RCODES.find((one) => one === rcode);
  if (unmet === undefined) throw rcodeFailure({ primary, what }, rcode);
  if (!repeated) return { kind: "unmet", rcode: unmet };
  // The first copy may have been made, which the second one then met.
  const detail = `no answer over UDP, and ${rcode} over TCP`;
  throw new OffloadError("DNS_UPDATE_UNANSWERED", "", { server: primaryText(primary), what, detail });
}
