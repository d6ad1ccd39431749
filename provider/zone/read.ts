import { lookAtName } from "../dns/claim/look";
import { isServed, sameRecords, standingOf, type Holding, type Sight } from "../dns/claim/plan";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import type { Declaration } from "../resource/definition";
import { declaredOf, incarnationOf, inputsFrom, outputsFrom, type Properties } from "../resource/properties";
import { knownOutputs, tellDrift, type ReadResult } from "../resource/read";
import { hiddenZoneInput, type ZoneOperation } from "./operation";
import { primaryOf } from "./primary";

/**
 * Declared, and what the primary has. A server that does not answer changes nothing: what was last known stays, with
 * one warning.
 */
export async function readInZone<Inputs extends object>(
  declaration: Declaration,
  operation: ZoneOperation<Inputs>,
  { id, properties }: { id: string; properties: Properties },
  log: ResourceLog,
): Promise<ReadResult> {
  const hidden = hiddenZoneInput.parse(properties["__offload"]);
  const old = operation.schema.parse(declaredOf(declaration, properties));
  const lastOutputs = knownOutputs(declaration, properties);
  const answer = (
    inputs: Inputs,
    outputs: Properties,
    incarnation = incarnationOf(properties),
  ): ReadResult => ({
    id,
    props: outputsFrom(declaration, inputs, { ...lastOutputs, ...outputs }, { hidden, incarnation }),
    ...(inputs === old ? {} : { inputs: inputsFrom(declaration, inputs, hidden) }),
  });
  try {
    const deadline = deadlineIn(operation.patienceSeconds(old));
    const primary = await primaryOf(hidden.zone);
    const holding = operation.holdingOf(old, hidden);
    const seen = holding === null ? null : await lookAtName(primary, holding, deadline);
    if (holding !== null && seen !== null && isGone(holding, seen, hidden.owner))
      return { id: "", props: {} };
    const later = (await operation.observe?.(old, { hidden, primary, log, deadline })) ?? {};
    if (holding === null || seen === null) return answer(old, later);
    const drift = tellDrift(driftIn(holding, seen, hidden.zone), log);
    const inputs = isServed(holding, seen) ? old : operation.inputsOf(seen, old);
    const outputs = { ...operation.outputsOf(inputs, hidden), ...later, ...drift };
    return answer(inputs, outputs, incarnationIn(seen));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.warning(`${message} What was last known stays.`);
    return answer(old, {});
  }
}

/** As the zone has it: an update that was cut off made another than the state knows, and a delete goes by it. */
function incarnationIn(seen: Sight): string | undefined {
  const standing = standingOf(seen);
  return standing.kind === "owned" ? standing.incarnation : undefined;
}

/** Another owner's records are none of this resource's, nor are records that nobody owns and that are not as it left them. */
function isGone(holding: Holding, seen: Sight, owner: string): boolean {
  const standing = standingOf(seen);
  if (standing.kind === "owned") return standing.owner !== owner;
  return seen.records.length === 0 || !sameRecords(holding.records, seen.records);
}

function driftIn(holding: Holding, seen: Sight, { zone }: { zone: string }): Record<string, string> {
  if (standingOf(seen).kind !== "owned")
    return {
      [`zone ${zone}`]: `the record at ${holding.ownerName} that says whose ${holding.name} is, is gone`,
    };
  if (isServed(holding, seen)) return {};
  return { [`zone ${zone}`]: `${holding.name} was changed behind Pulumi's back` };
}
