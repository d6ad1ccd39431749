import { isSibling } from "../resource/create";
import type { Declaration } from "../resource/definition";
import { PartialFailure } from "../resource/failure";
import type { Verbs } from "../resource/handler";
import { freshIncarnation } from "../resource/incarnation";
import {
  declaredOf,
  driftOf,
  incarnationOf,
  outputsFrom,
  type Kept,
  type Properties,
} from "../resource/properties";
import { nameOf } from "../resource/hidden-input";
import { foretellWait, formerAnswerAfter, leaseFormer } from "../resource/remembered";
import { putHolding, removeHolding } from "../dns/claim/put";
import type { Holding, Rights } from "../dns/claim/plan";
import type { Ownership } from "../dns/claim/owner-record";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import { hiddenZoneInput, type ZoneOperation } from "./operation";
import { primaryOf } from "./primary";
import { readInZone } from "./read";
import { removeFromZone } from "./remove";

interface Adoptable {
  readonly adopt: boolean;
}

/** The provider's half of a resource whose object is records in a zone. The counterpart of resource/handler.ts. */
export function zoneVerbs<Inputs extends Adoptable>(
  declaration: Declaration,
  operation: ZoneOperation<Inputs>,
): Verbs {
  const apply = application(declaration, operation);
  return {
    create: async (properties, log) => {
      const inputs = operation.schema.parse(declaredOf(declaration, properties));
      const hidden = hiddenZoneInput.parse(properties["__offload"]);
      const id = operation.idOf(inputs, hidden);
      const rights = {
        owner: hidden.owner,
        incarnation: freshIncarnation(),
        // The resource that this one was before it was renamed, or whose create was killed.
        isMine: (owner: string) => isSibling(owner, hidden.owner),
        left: null,
      };
      return { id, outs: await apply(id, properties, { rights, former: null }, log) };
    },
    update: async (id, olds, news, log) => {
      const { owner } = hiddenZoneInput.parse(news["__offload"]);
      const former = hiddenZoneInput.parse(olds["__offload"]);
      const kept = incarnationOf(olds);
      const incarnation = kept === "" || Object.keys(driftOf(olds)).length > 0 ? freshIncarnation() : kept;
      const old = operation.schema.safeParse(declaredOf(declaration, olds));
      const holding = old.success ? operation.holdingOf(old.data, former) : null;
      const rights = {
        owner,
        incarnation,
        isMine: (actual: string) => actual === former.owner || actual === owner,
        left: holding?.records ?? null,
      };
      const stood = holding && { holding, owner: former.owner, incarnation: kept };
      const outs = await apply(id, news, { rights, former: stood }, log);
      leaseFormer(declaration, operation, olds, news);
      return { outs: { ...outs, ...formerAnswerAfter(declaration, operation, olds, news) } };
    },
    read: (id, properties, log) => readInZone(declaration, operation, { id, properties }, log),
    delete: (id, properties, log) => removeFromZone(declaration, operation, { id, properties }, log),
    foretellRemoval: (olds, log) => {
      foretellWait(declaration, operation, olds, log);
    },
  };
}

interface Hands {
  readonly rights: Omit<Rights, "adopt">;
  /** What was in the zone before this update; null: nothing of ours. */
  readonly former: (Ownership & { readonly holding: Holding }) | null;
}

type Apply = (
  id: string,
  properties: Properties,
  hands: Hands,
  log: ResourceLog,
) => Promise<Record<string, unknown>>;

/** Brings the records into force and answers the outputs: what create and update have in common. */
function application<Inputs extends Adoptable>(
  declaration: Declaration,
  operation: ZoneOperation<Inputs>,
): Apply {
  return async (id, properties, { rights, former }, log) => {
    const inputs = operation.schema.parse(declaredOf(declaration, properties));
    const hidden = hiddenZoneInput.parse(properties["__offload"]);
    const deadline = deadlineIn(operation.patienceSeconds(inputs));
    const primary = await primaryOf(hidden.zone);
    const holding = operation.holdingOf(inputs, hidden);
    if (holding !== null) await putHolding(primary, holding, { ...rights, adopt: inputs.adopt }, deadline);
    // Before a person is asked for the same record: afterwards it would be theirs.
    else if (former !== null) {
      const departure = { ...former, left: former.holding.records };
      await removeHolding(primary, former.holding, departure, deadline);
    }
    const kept: Kept = { hidden, incarnation: rights.incarnation };
    const outputs = operation.outputsOf(inputs, hidden);
    try {
      const later = (await operation.after?.(inputs, { hidden, primary, log, deadline })) ?? {};
      return outputsFrom(declaration, inputs, { ...outputs, ...later }, kept);
    } catch (error) {
      // What is to be repaired is there, and Pulumi has to know.
      const reason = error instanceof Error ? error.message : String(error);
      const outs = outputsFrom(declaration, inputs, outputs, kept);
      const known = { ...outs, __provider: properties["__provider"] };
      throw new PartialFailure(nameOf(hidden), id, known, [reason]);
    }
  };
}
