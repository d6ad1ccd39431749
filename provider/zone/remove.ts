import { OffloadError } from "tls-offload-agent/contract";
import { removeHolding } from "../dns/claim/put";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import type { Declaration } from "../resource/definition";
import { declaredOf, incarnationOf, type Properties } from "../resource/properties";
import { outlastName } from "../resource/remembered";
import { hiddenZoneInput, type ZoneOperation } from "./operation";
import { primaryOf } from "./primary";
import { isReleased } from "./released";

/**
 * Another incarnation, or nothing, at the name counts as already gone, and what somebody changed by hand stays.
 * OFFLOAD_RELEASE_ZONES gives whole zones up.
 */
export async function removeFromZone<Inputs extends object>(
  declaration: Declaration,
  operation: ZoneOperation<Inputs>,
  { id, properties }: { id: string; properties: Properties },
  log: ResourceLog,
): Promise<void> {
  const hidden = hiddenZoneInput.parse(properties["__offload"]);
  const { zone } = hidden.zone;
  if (isReleased(hidden.zone)) {
    log.warning(`zone ${zone} is given up: ${id} stays there`);
    return;
  }
  const inputs = operation.schema.parse(declaredOf(declaration, properties));
  const holding = operation.holdingOf(inputs, hidden);
  if (holding === null) return;
  const departure = {
    owner: hidden.owner,
    incarnation: incarnationOf(properties),
    left: holding.records,
  };
  const deadline = deadlineIn(operation.patienceSeconds(inputs));
  const removal = await primaryOf(hidden.zone)
    .then((primary) => removeHolding(primary, holding, departure, deadline))
    .catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      throw new OffloadError("ZONE_DELETE_FAILED", "", { objectId: id, zone, detail }, { cause: error });
    });
  if (removal === "left") {
    log.warning(`${holding.name} stays in zone ${zone}: what is there now is not what ${id} left there`);
    return;
  }
  // After a delete that was cut off, nothing says for how long it has been gone.
  if (removal === "succeeded") return;
  await outlastName(declaration, operation, properties, log);
}
