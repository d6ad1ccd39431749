import type { ObjectKind } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { applyObject, type Adoptable, type Applied } from "./apply";
import type { Declaration } from "./definition";
import { PartialFailure } from "./failure";
import { nameOf } from "./hidden-input";
import { freshIncarnation } from "./incarnation";
import type { ObjectOperation } from "./operation";
import { declaredOf, driftOf, hiddenOf, incarnationOf, outputsFrom, type Properties } from "./properties";
import { formerAnswerAfter } from "./remembered";

/** Adopts an object of the same owner, or of the resource that this one was before it was renamed. */
export async function createObject<Inputs extends Adoptable, Kind extends ObjectKind>(
  declaration: Declaration,
  operation: ObjectOperation<Inputs, Kind>,
  properties: Properties,
  log: ResourceLog,
): Promise<{ id: string; outs: Record<string, unknown> }> {
  const inputs = operation.schema.parse(declaredOf(declaration, properties));
  const hidden = hiddenOf(properties);
  const identity = {
    id: operation.idOf(inputs, hidden),
    owner: hidden.owner,
    incarnation: freshIncarnation(),
  };
  const applied = await applyObject(operation, {
    inputs,
    hidden,
    identity,
    previousOwnerOf: (actual) => (actual !== undefined && isSibling(actual, hidden.owner) ? actual : null),
    log,
  });
  const outs = outputsFrom(declaration, inputs, applied.outputs, { hidden, ...identity });
  refuseProblems(applied, nameOf(hidden), identity.id, outs, properties);
  return { id: identity.id, outs };
}

export async function updateObject<Inputs extends Adoptable, Kind extends ObjectKind>(
  declaration: Declaration,
  operation: ObjectOperation<Inputs, Kind>,
  { id, olds, news }: { id: string; olds: Properties; news: Properties },
  log: ResourceLog,
): Promise<{ outs: Record<string, unknown> }> {
  const inputs = operation.schema.parse(declaredOf(declaration, news));
  const hidden = hiddenOf(news);
  // What drifted is declared as it was: only a new incarnation makes the hosts take it over again.
  const drifted = Object.keys(driftOf(olds)).length > 0;
  const incarnation = drifted || incarnationOf(olds) === "" ? freshIncarnation() : incarnationOf(olds);
  const applied = await applyObject(operation, {
    inputs,
    hidden,
    identity: { id, owner: hidden.owner, incarnation },
    previousOwnerOf: () => hiddenOf(olds).owner,
    log,
  });
  const outputs = { ...applied.outputs, ...formerAnswerAfter(declaration, operation, olds, news) };
  const outs = outputsFrom(declaration, inputs, outputs, { hidden, incarnation });
  refuseProblems(applied, nameOf(hidden), id, outs, news);
  return { outs };
}

function refuseProblems(
  { problems }: Applied,
  resourceName: string,
  id: string,
  outs: Properties,
  { __provider }: Properties,
): void {
  if (problems.length === 0) return;
  throw new PartialFailure(resourceName, id, { ...outs, __provider }, problems);
}

/**
 * project/stack/type are the same. One program cannot declare one id twice (the constructors see to that), so such
 * an object is this resource under the name that it had before.
 */
export function isSibling(actual: string, mine: string): boolean {
  const kindOf = (owner: string): string => owner.split("/").slice(0, 3).join("/");
  return kindOf(actual) === kindOf(mine);
}
