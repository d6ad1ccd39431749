import { isDeepStrictEqual } from "node:util";
import type { DeclaredObjectOf, ObjectKind } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import { hostsInOrder } from "../fleet/plan";
import { tryAll } from "../fleet/reach";
import { forgetSilence, tellSilence } from "../fleet/silence";
import type { AgentClient } from "../transport/agent-client";
import type { Adoptable } from "./apply";
import type { Declaration } from "./definition";
import type { HiddenInput } from "./hidden-input";
import { lookAtHost, problemsOf, sentencesOf } from "./host-view";
import {
  isKind,
  type HostView,
  type ObjectOperation,
  type Observation,
  type Surroundings,
  type Views,
} from "./operation";
import {
  declaredOf,
  driftOf,
  hiddenOf,
  incarnationOf,
  inputsFrom,
  outputsFrom,
  type Properties,
} from "./properties";

export interface ReadResult {
  /** "": gone. */
  readonly id: string;
  readonly props: Record<string, unknown>;
  /** Absent: as they were. */
  readonly inputs?: Record<string, unknown>;
}

const NOTHING_SEEN: Observation = { outputs: {}, notServed: {} };

/**
 * Declared, in the document, and really served. A difference from the document shows as changed inputs where inputs
 * can express it, and as `drift` in the outputs, which makes the next `up` mend it. A host that cannot be reached
 * changes nothing.
 */
export async function readObject<Inputs extends Adoptable, Kind extends ObjectKind>(
  declaration: Declaration,
  operation: ObjectOperation<Inputs, Kind>,
  { id, properties }: { id: string; properties: Properties },
  log: ResourceLog,
): Promise<ReadResult> {
  const asked = hiddenOf(properties);
  const deadline = deadlineIn(asked.target.timeoutSeconds);
  const { views, agents, bare, unseen } = await viewAll({ id, hidden: asked, log, deadline });
  const keptDrift = driftAmong(properties, unseen);
  if (views.size + bare.length === 0) {
    return unchanged(declaration, id, properties, tellDrift(keptDrift, log));
  }
  // `static get` looks another program's object up: whoever owns it, it is the one.
  const own = incarnationOf(properties) !== "";
  const objects = objectsIn(views, operation.kind, id, own ? asked.owner : null);
  const [object] = objects.values();
  if (object === undefined) {
    if (!own || unseen.length === 0) return { id: "", props: {} };
    // It may well be on the others: a create would be one too many, and a delete one too few.
    const lost = Object.fromEntries([...views.keys(), ...bare].map((host) => [host, `${id} is not there`]));
    return unchanged(declaration, id, properties, tellDrift({ ...keptDrift, ...lost }, log));
  }
  const hidden = { ...asked, owner: object.owner };
  const around = { id, hidden, log, deadline };
  const old = own ? operation.schema.parse(declaredOf(declaration, properties)) : null;
  const { inputs, driftedHosts } = declaredInstead(operation, old, hidden, object, objects);
  const lastOutputs = knownOutputs(declaration, properties);
  const served =
    (await operation.observe?.(inputs, { ...around, agents, lastOutputs }, views)) ?? NOTHING_SEEN;
  const missing = [...views.keys(), ...bare].filter((host) => !objects.has(host));
  const drift = tellDrift(
    {
      ...keptDrift,
      ...served.notServed,
      ...sentencesOf(views, ({ observed }) => problemsOf(observed, [id])),
      ...Object.fromEntries(driftedHosts.map((host) => [host, `${id} was changed behind Pulumi's back`])),
      ...Object.fromEntries(missing.map((host) => [host, `${id} is not there`])),
    },
    log,
  );
  const kept = { hidden, incarnation: object.incarnation };
  const outputs = {
    ...lastOutputs,
    ...operation.outputsOf(inputs, hidden),
    ...served.outputs,
    ...drift,
  };
  return {
    id,
    props: outputsFrom(declaration, inputs, outputs, kept),
    // Where they did not change, the engine keeps its own, with the secrets that no state of ours has.
    ...(inputs === old ? {} : { inputs: inputsFrom(declaration, inputs, hidden) }),
  };
}

/** What was wrong on hosts that are not to be seen now, and so may be wrong there still. */
function driftAmong(properties: Properties, unseen: readonly string[]): Record<string, string> {
  const known = Object.entries(driftOf(properties)) as [string, string][];
  return Object.fromEntries(known.filter(([host]) => unseen.includes(host)));
}

/** "host edge-a" or, which no host can be named, "zone example.com". */
export function placeText(place: string): string {
  return place.startsWith("zone ") ? place : `host ${place}`;
}

/** As it stands in the outputs; nothing stands there where nothing drifted. */
export function tellDrift(
  drift: Readonly<Record<string, string>>,
  log: ResourceLog,
): { drift?: Readonly<Record<string, string>> } {
  for (const [host, text] of Object.entries(drift)) {
    const remedy = text.includes("pulumi up --refresh") ? "" : "; `pulumi up --refresh` mends it";
    log.warning(`${placeText(host)}: ${text}${remedy}`);
  }
  return Object.keys(drift).length > 0 ? { drift } : {};
}

async function viewAll(around: Omit<Surroundings, "agents">): Promise<{
  views: Map<string, HostView>;
  agents: ReadonlyMap<string, AgentClient>;
  bare: readonly string[];
  /** Hosts that nothing is known of just now: they do not answer, or are in Maintenance. */
  unseen: readonly string[];
}> {
  const { hidden, log } = around;
  const { active, skipped } = hostsInOrder(hidden.target);
  const { agents, bare, failures } = await tryAll(hidden.target, active, "look", around);
  const views = new Map<string, HostView>();
  const silent = new Map(failures);
  await Promise.all(
    [...agents].map(async ([host, agent]) => {
      try {
        views.set(host, await lookAtHost(agent));
      } catch (error) {
        silent.set(host, error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
  await tellSilence(hidden, silent, log);
  forgetSilence(hidden.target, views.keys());
  const inOrder = active.flatMap((host) => {
    const view = views.get(host);
    return view === undefined ? [] : [[host, view] as const];
  });
  return {
    views: new Map(inOrder),
    agents: new Map([...agents].filter(([host]) => views.has(host))),
    bare,
    unseen: [...silent.keys(), ...skipped],
  };
}

/** The objects that are this resource's: another owner's at the same id is not. null: any owner's. */
function objectsIn<Kind extends ObjectKind>(
  views: Views,
  kind: Kind,
  id: string,
  owner: string | null,
): Map<string, DeclaredObjectOf<Kind>> {
  const objects = new Map<string, DeclaredObjectOf<Kind>>();
  for (const [host, { confirmed }] of views) {
    const object = confirmed.objects[id];
    if (isKind(object, kind) && (owner === null || object.owner === owner)) objects.set(host, object);
  }
  return objects;
}

/** The inputs that would have made what the first differing host has. */
function declaredInstead<Inputs extends Adoptable, Kind extends ObjectKind>(
  operation: ObjectOperation<Inputs, Kind>,
  old: Inputs | null,
  hidden: HiddenInput,
  object: DeclaredObjectOf<Kind>,
  objects: ReadonlyMap<string, DeclaredObjectOf<Kind>>,
): { inputs: Inputs; driftedHosts: string[] } {
  if (old === null) return { inputs: operation.inputsOf(object, null), driftedHosts: [] };
  const differing = [...objects].filter(([, { spec, ...identity }]) => {
    return !isDeepStrictEqual(operation.objectOf(old, hidden, identity).spec, spec);
  });
  const [first] = differing;
  return {
    inputs: first === undefined ? old : operation.inputsOf(first[1], old),
    driftedHosts: differing.map(([host]) => host),
  };
}

function unchanged(
  declaration: Declaration,
  id: string,
  properties: Properties,
  drift: Properties = {},
): ReadResult {
  const hidden = hiddenOf(properties);
  const inputs = declaredOf(declaration, properties);
  const kept = { hidden, incarnation: incarnationOf(properties) };
  const outputs = { ...knownOutputs(declaration, properties), ...drift };
  return { id, props: outputsFrom(declaration, inputs, outputs, kept) };
}

/** Outputs of the last operation that a look at the hosts does not renew. */
export function knownOutputs({ schema }: Declaration, properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name]) => !Object.hasOwn(schema.shape, name) && !name.startsWith("__") && name !== "drift",
    ),
  );
}
