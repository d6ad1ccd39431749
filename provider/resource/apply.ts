import type { DeclaredObject, Document, ObjectKind, Put } from "tls-offload-agent/contract";
import { deadlineIn } from "../fleet/deadline";
import { inStep, withoutObject } from "../fleet/publish";
import { inTurn } from "../fleet/queue";
import { reachAll } from "../fleet/reach";
import { runTransaction, type Outcome } from "../fleet/transaction";
import type { ResourceLog } from "../engine-log/resource-log";
import type { HiddenInput } from "./hidden-input";
import { isKind, type Identity, type ObjectOperation, type Surroundings } from "./operation";
import type { Properties } from "./properties";

export interface Adoptable {
  readonly adopt: boolean;
}

export interface Application<Inputs> {
  readonly inputs: Inputs;
  readonly hidden: HiddenInput;
  readonly identity: Identity;
  /** Whose object this may have been until now, given the one that is there. */
  readonly previousOwnerOf: (actual: string | undefined) => string | null;
  readonly log: ResourceLog;
}

export interface Applied {
  readonly outputs: Record<string, unknown>;
  /** The object is in force, and this is not as it should be. */
  readonly problems: readonly string[];
}

/** Brings one object into force on all hosts: what create and update have in common. */
export async function applyObject<Inputs extends Adoptable, Kind extends ObjectKind>(
  operation: ObjectOperation<Inputs, Kind>,
  application: Application<Inputs>,
): Promise<Applied> {
  const { inputs, hidden, log } = application;
  const { around, outcome } = await inTurn(hidden.target.loadBalancerId, () =>
    change(operation, application),
  );
  const outputs = { ...operation.outputsOf(inputs, hidden), ...driftOfThose(outcome.behind) };
  if (operation.after === undefined) return { outputs, problems: outcome.problems };
  const deadline = deadlineIn(hidden.target.timeoutSeconds);
  try {
    const verified = outcome.verified.get(application.identity.id) ?? {};
    const later = await operation.after(inputs, { ...around, deadline, log }, verified);
    return { outputs: { ...outputs, ...later }, problems: outcome.problems };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { outputs, problems: [...outcome.problems, problem] };
  }
}

/** Stands in the outputs until an update has reached them: a refresh that cannot see them would know nothing. */
function driftOfThose(behind: readonly string[]): Properties {
  if (behind.length === 0) return {};
  return {
    drift: Object.fromEntries(behind.map((host) => [host, "the last change was not confirmed there"])),
  };
}

async function change<Inputs extends Adoptable, Kind extends ObjectKind>(
  operation: ObjectOperation<Inputs, Kind>,
  { inputs, hidden, identity, previousOwnerOf, log }: Application<Inputs>,
): Promise<{ around: Surroundings; outcome: Outcome }> {
  const { target } = hidden;
  const deadline = deadlineIn(target.timeoutSeconds);
  const keyPem = (await operation.keyOf?.(inputs)) ?? null;
  const agents = await reachAll(target, "revive", { log, deadline });
  const around = { id: identity.id, hidden, log, deadline, agents };
  await operation.before?.(inputs, around);
  const object = operation.objectOf(inputs, hidden, identity);
  const putInto = (document: Document): Put => ({
    object,
    adopt: inputs.adopt,
    previousOwner: previousOwnerOf(document.objects[identity.id]?.owner),
    keyPem,
  });
  const common = { target, agents, holder: hidden.owner, log, deadline };
  const consequence = { mayAdd: true, ...(isStopped(object) ? { without: withoutObject(object.id) } : {}) };
  const outcome = await inStep(common, consequence, () =>
    runTransaction({
      ...common,
      changeOf: (_host, document) => ({ puts: [putInto(document)], deletes: [] }),
      wish: { mode: target.verify },
      alwaysVerify: operation.kind === "listener" ? [identity.id] : [],
    }),
  );
  return { around, outcome };
}

function isStopped(object: DeclaredObject): boolean {
  return isKind(object, "listener") && object.spec.status === "Stopped";
}
