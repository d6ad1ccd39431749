import { LIMITS, messageOf, OffloadError, type Document } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { isKind } from "../resource/operation";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "../transport/agent-client";
import { ChangeFailed } from "./aftermath";
import { deadlineIn, type Deadline } from "./deadline";
import { leadInZone } from "./name-zone";
import { hostsInOrder } from "./plan";
import {
  addressesOf,
  drainedHosts,
  planPublication,
  runningListeners,
  sameAddresses,
  type HostSight,
  type Sights,
} from "./publish-plan";
import type { Agents } from "./reach";
import { runTransaction, type HostChange, type Outcome } from "./transaction";
import { verifyServed } from "./verify";

/** Another program that publishes at the same time makes this one look again. */
const TRIES = 20;

export interface Publishing {
  readonly target: Target;
  readonly agents: Agents;
  /** The resource's owner: named to others that have to wait. */
  readonly holder: string;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** What a change means for the load balancer's name. */
export interface Consequence {
  /** Pure: a host's document after the change, where it takes something away. */
  readonly without?: (document: Document) => Document;
  /** false: a delete only knows the hosts of its own last update, which may have gone into Maintenance since. */
  readonly mayAdd: boolean;
}

/**
 * Runs a change with the load balancer's name in step: it leads away first from what the change takes away, and
 * afterwards to each host on which every listener was verified, and to no other.
 */
export async function inStep(
  publishing: Publishing,
  { without, mayAdd }: Consequence,
  change: () => Promise<Outcome>,
): Promise<Outcome> {
  const before = without === undefined ? null : await withdraw(publishing, without);
  let outcome: Outcome;
  try {
    outcome = await change();
  } catch (error) {
    if (before !== null) await restore(publishing, before);
    throw error;
  }
  if (!mayAdd || outcome.problems.length > 0) return outcome;
  try {
    const sights = await publish(publishing, { verified: outcome.verified });
    for (const host of drainedHosts(sights)) {
      publishing.log.warning(
        `host ${host}: drained by hand: it takes the change, which is not verified there`,
      );
    }
    return outcome;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const { dnsName } = publishing.target;
    return { ...outcome, problems: [messageOf("NAME_NOT_PUBLISHED", "", { dnsName, detail })] };
  }
}

/** A document without one object; another incarnation at its id stays. */
export function withoutObject(id: string, incarnation?: string): (document: Document) => Document {
  return (document) => {
    const { [id]: object, ...objects } = document.objects;
    const stays = object === undefined || (incarnation !== undefined && object.incarnation !== incarnation);
    return stays ? document : { ...document, objects };
  };
}

/** To what the name led before; null: the change takes nothing away from it. */
async function withdraw(
  publishing: Publishing,
  without: (document: Document) => Document,
): Promise<readonly string[] | null> {
  let before: readonly string[] | null = null;
  await retrying(publishing, async (sights) => {
    const after = [...sights].map(
      ([host, sight]) => [host, { ...sight, document: without(sight.document) }] as const,
    );
    const { current, anywhere, addresses } = planPublication(publishing.target, new Map(after));
    const left = current.filter((address) => addresses.includes(address));
    if (sameAddresses(left, anywhere)) return undefined;
    await putAddresses(publishing, sights, left);
    before ??= current;
    return leadInStep(publishing, sights, left);
  });
  return before;
}

/** All is as it was, and so shall the name be. It has time of its own: the change may have taken all there was. */
async function restore(publishing: Publishing, before: readonly string[]): Promise<void> {
  const deadline = deadlineIn(LIMITS.putBackSeconds);
  try {
    await publish({ ...publishing, deadline }, { limit: before });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const { target, log } = publishing;
    log.warning(
      `${target.dnsName} does not lead to ${before.join(", ")} again; \`pulumi up --refresh\` mends it: ${detail}`,
    );
  }
}

/** `limit`: the name leads to none but these. `verified`: what this very operation has seen already. */
async function publish(
  publishing: Publishing,
  { limit, verified }: { limit?: readonly string[]; verified?: Outcome["verified"] },
): Promise<Sights> {
  const { target, log } = publishing;
  return retrying(publishing, async (sights) => {
    const { current, anywhere, addresses, joining } = planPublication(target, sights);
    const refused = new Set<string>();
    for (const host of joining) {
      const problem = await unverifiedAt(publishing, host, sights, verified);
      if (problem === null) continue;
      log.warning(`host ${host}: ${target.dnsName} does not lead to it yet: ${problem}`);
      for (const address of addressesOf(target, host)) refused.add(address);
    }
    const allowed = addresses.filter(
      (address) => !refused.has(address) && (limit?.includes(address) ?? true),
    );
    const isSame = [current, anywhere].every((list) => sameAddresses(list, allowed));
    if (!isSame) await putAddresses(publishing, sights, allowed);
    return leadInStep(publishing, sights, allowed);
  });
}

/**
 * The zone goes after the documents, also where these were right: a program that was killed in between may have left it
 * behind. Two programs that publish at once both look again, so that whoever writes last writes what the hosts have.
 */
async function leadInStep(
  publishing: Publishing,
  sights: Sights,
  addresses: readonly string[],
): Promise<"again" | undefined> {
  const { target, agents, deadline } = publishing;
  if (target.dns === undefined) return undefined;
  await leadInZone(target, sights, addresses, deadline);
  const { anywhere } = planPublication(target, await sightsOf(target, agents));
  return sameAddresses(anywhere, addresses) ? undefined : "again";
}

/** Listeners that were verified long ago, on a host that comes back, may not answer any more. null: they do. */
async function unverifiedAt(
  { target, agents, log, deadline }: Publishing,
  host: string,
  sights: Sights,
  verified: Outcome["verified"] = new Map(),
): Promise<string | null> {
  const [agent, document] = [agents.get(host), sights.get(host)?.document];
  if (agent === undefined || document === undefined) return "it was not seen";
  const addresses = addressesOf(target, host);
  const listeners = runningListeners(document)
    .map(({ id }) => id)
    .filter((id) => verified.get(id)?.[host] === undefined);
  try {
    await verifyServed(
      { agent, addresses, wish: { mode: target.verify }, log, deadline },
      document,
      listeners,
    );
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Looks at the hosts and acts on what was seen, again where another program was faster. */
async function retrying(
  publishing: Publishing,
  act: (sights: Sights) => Promise<"again" | undefined>,
): Promise<Sights> {
  for (let tries = 1; ; tries += 1) {
    publishing.deadline.check(`publishing ${publishing.target.dnsName}`);
    try {
      const sights = await sightsOf(publishing.target, publishing.agents);
      if ((await act(sights)) !== "again" || tries === TRIES) return sights;
    } catch (error) {
      const cause = error instanceof ChangeFailed ? error.cause : error;
      const overtaken = cause instanceof OffloadError && cause.code === "GENERATION_CHANGED";
      if (!overtaken || tries === TRIES) throw error;
    }
  }
}

/** The Active hosts that answer. */
export async function sightsOf(target: Target, agents: Agents): Promise<Sights> {
  return (await lookAtAll(target, agents)).sights;
}

/** Active hosts as they are, and why some do not answer. */
export async function lookAtAll(
  target: Target,
  agents: Agents,
): Promise<{ sights: Sights; failures: ReadonlyMap<string, Error> }> {
  const sights = new Map<string, HostSight>();
  const failures = new Map<string, Error>();
  const { active } = hostsInOrder(target);
  const looking = active.flatMap((host) => {
    const agent = agents.get(host);
    return agent === undefined ? [] : [sightOf(agent)];
  });
  const results = await Promise.allSettled(looking);
  for (const [index, host] of active.filter((name) => agents.has(name)).entries()) {
    const result = results[index];
    if (result?.status === "fulfilled") sights.set(host, result.value);
    else
      failures.set(host, result?.reason instanceof Error ? result.reason : new Error(String(result?.reason)));
  }
  return { sights, failures };
}

async function sightOf(agent: AgentClient): Promise<HostSight> {
  const [{ confirmed }, { drained }] = await Promise.all([
    agent.call("document", {}),
    agent.call("observed", {}),
  ]);
  return { document: confirmed, drained: drained ?? false };
}

/** One more change, which affects no listener: the same list in every host's zone. Throws where it is not in all. */
export async function putAddresses(
  { target, agents, holder, log, deadline }: Publishing,
  sights: Sights,
  publishedAddresses: readonly string[],
): Promise<void> {
  log.progress(`${target.dnsName} leads to ${publishedAddresses.join(", ") || "no address"}`);
  const { problems } = await runTransaction({
    target,
    agents,
    holder,
    changeOf: (host, document) => ({
      ...withAddresses(target.loadBalancerId, document, publishedAddresses),
      ...generationOf(sights.get(host)),
    }),
    wish: { mode: "none" },
    alwaysVerify: [],
    log,
    deadline,
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** A host's part of the load balancer as it is, with other addresses to lead to. */
export function withAddresses(
  loadBalancerId: string,
  { objects }: Document,
  addresses: readonly string[],
): HostChange {
  const part = objects[loadBalancerId];
  if (!isKind(part, "loadBalancer")) return { puts: [], deletes: [] };
  const { id, owner, incarnation, kind } = part;
  const spec = { ...part.spec, publishedAddresses: [...addresses] };
  return {
    puts: [
      { object: { id, owner, incarnation, kind, spec }, adopt: false, previousOwner: null, keyPem: null },
    ],
    deletes: [],
  };
}

function generationOf(sight: HostSight | undefined): Pick<HostChange, "expectedGeneration"> {
  return sight === undefined ? {} : { expectedGeneration: sight.document.generation };
}
