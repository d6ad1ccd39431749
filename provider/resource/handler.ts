import type { dynamic } from "@pulumi/pulumi";
import type { ObjectKind } from "tls-offload-agent/contract";
import { resourceLog } from "../engine-log/engine-log";
import { whileEngineLives } from "../engine-log/engine-watch";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Adoptable } from "./apply";
import { checkInputs } from "./check";
import { createObject, updateObject } from "./create";
import type { Declaration } from "./definition";
import { deleteObject } from "./delete";
import { diffInputs } from "./diff";
import { shown } from "./failure";
import type { ObjectOperation } from "./operation";
import { foretellWait, leaseFormer } from "./remembered";
import { driftOf, type Properties } from "./properties";
import { placeText, readObject, type ReadResult } from "./read";
import { sanitize } from "./sanitize";

/** What a resource does on hosts, in the SDK's words, with a log of its own. */
export interface Verbs {
  readonly create: (
    inputs: Properties,
    log: ResourceLog,
  ) => Promise<{ id: string; outs: Record<string, unknown> }>;
  readonly read: (id: string, properties: Properties, log: ResourceLog) => Promise<ReadResult>;
  readonly update: (
    id: string,
    olds: Properties,
    news: Properties,
    log: ResourceLog,
  ) => Promise<{ outs: Record<string, unknown> }>;
  readonly delete: (id: string, properties: Properties, log: ResourceLog) => Promise<void>;
  /**
   * Whether the outputs of the last operation ask for an update although no input differs. No network. `isUpdating`:
   * there is one anyway.
   */
  readonly wantsUpdate?: (olds: Properties, log: ResourceLog, isUpdating: boolean) => Promise<boolean>;
  /** What taking the object away will mean, said where a preview can: another one is to take its place. */
  readonly foretellRemoval?: (olds: Properties, log: ResourceLog) => void;
}

/** The provider of one of the five resources that are objects in the hosts' documents. */
export function makeHandler<Inputs extends Adoptable, Kind extends ObjectKind>(
  declaration: Declaration,
  operation: ObjectOperation<Inputs, Kind>,
): dynamic.ResourceProvider {
  return providerOf(declaration, objectVerbs(declaration, operation));
}

/** What such a resource does on its load balancer's hosts. */
export function objectVerbs<Inputs extends Adoptable, Kind extends ObjectKind>(
  declaration: Declaration,
  operation: ObjectOperation<Inputs, Kind>,
): Verbs {
  return {
    create: (inputs, log) => createObject(declaration, operation, inputs, log),
    read: (id, properties, log) => readObject(declaration, operation, { id, properties }, log),
    update: async (id, olds, news, log) => {
      const updated = await updateObject(declaration, operation, { id, olds, news }, log);
      leaseFormer(declaration, operation, olds, news);
      return updated;
    },
    delete: (id, properties, log) => deleteObject(declaration, operation, { id, properties }, log),
    foretellRemoval: (olds, log) => {
      foretellWait(declaration, operation, olds, log);
    },
  };
}

/** Check and diff are the same for every resource; errors become what a person shall see. */
export function providerOf(declaration: Declaration, verbs: Verbs): dynamic.ResourceProvider {
  return {
    // Nothing to do, and nothing to wait for: the SDK's server calls other methods before an answer.
    configure: () => Promise.resolve(),
    check: (olds: Properties, news: Properties) =>
      speaking(declaration, news, (log) => {
        const { inputs, failures, advice } = checkInputs(declaration, olds, news);
        for (const text of advice) log.warning(text);
        return Promise.resolve({ inputs: sanitize(inputs), failures: [...failures] });
      }),
    diff: (_id: string, olds: Properties, news: Properties) =>
      speaking(declaration, news, async (log) => {
        const { changes, replaces, deleteBeforeReplace } = diffInputs(declaration, olds, news);
        if (replaces.length > 0) verbs.foretellRemoval?.(olds, log);
        const drifts = Object.entries(driftOf(olds)).map(
          ([host, text]) => `${placeText(host)}: ${String(text)}`,
        );
        // The inputs are the same, so that Pulumi itself could not say what is to be updated.
        if (drifts.length > 0 && !changes) log.info(`to be mended: ${drifts.join("; ")}`);
        const isUpdating = changes || drifts.length > 0;
        const wanted = (await verbs.wantsUpdate?.(olds, log, isUpdating)) ?? false;
        return { changes: isUpdating || wanted, replaces: [...replaces], deleteBeforeReplace };
      }),
    create: (inputs: Properties) => speaking(declaration, inputs, (log) => verbs.create(inputs, log)),
    read: (id: string, properties: Properties = {}) =>
      speaking(declaration, properties, (log) => verbs.read(id, properties, log)),
    update: (id: string, olds: Properties, news: Properties) =>
      speaking(declaration, news, (log) => verbs.update(id, olds, news, log)),
    delete: (id: string, properties: Properties) =>
      speaking(declaration, properties, (log) => verbs.delete(id, properties, log)),
  };
}

async function speaking<Result>(
  { type }: Declaration,
  properties: Properties,
  work: (log: ResourceLog) => Promise<Result>,
): Promise<Result> {
  const { urn, name } = whoIs(type, properties);
  const log = resourceLog(urn, name);
  try {
    return await whileEngineLives(() => work(log));
  } catch (error) {
    throw shown(error, name, log);
  } finally {
    await log.flush();
  }
}

/** Total: properties that come to check may lack anything. */
function whoIs(type: string, properties: Properties): { urn: string; name: string } {
  const hidden = (properties["__offload"] ?? {}) as { urn?: unknown };
  const urn = typeof hidden.urn === "string" ? hidden.urn : "";
  return { urn, name: `${type} ${urn.split("::").at(-1) ?? ""}`.trim() };
}
