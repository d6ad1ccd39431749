import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS, OffloadError, type Document, type FactsAnswer } from "tls-offload-agent/contract";
import { deadlineIn } from "../fleet/deadline";
import { hostsInOrder, hostsNamedIn } from "../fleet/plan";
import { putAddresses, sightsOf, withAddresses, type Publishing } from "../fleet/publish";
import { neededHosts, stayingHosts } from "../fleet/publish-plan";
import { inParallel } from "../fleet/queue";
import { tryAll, type Agents, type Attempt } from "../fleet/reach";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "../transport/agent-client";
import { disconnectAgent } from "../transport/connect";
import { renamedHosts } from "./departures";
import { drainHost } from "./drain";

/** What is known when hosts leave. */
export interface Leaving {
  /** As the load balancer was. */
  readonly old: Target | null;
  /** The hosts that it has now. */
  readonly staying: Agents;
  /** Resolvers may still lead clients to those that leave. */
  readonly areNamed: boolean;
}

/** Throws before anything is changed: the hosts that stay may have come by an `up` that failed to fill them. */
export function requireSuccessors(
  target: Target,
  old: Target | null,
  documents: ReadonlyMap<string, Document>,
): void {
  const released = hostsNamedIn(process.env["OFFLOAD_RELEASE_HOSTS"]);
  const renamed = renamedHosts(target, old);
  const needed = neededHosts(target, old, documents).filter(
    (host) => !released.has(host) && !renamed.includes(host),
  );
  if (needed.length === 0) return;
  const parameters = { dnsName: target.dnsName, names: needed.join(",") };
  throw new OffloadError("HOSTS_STILL_NEEDED", `host ${needed.join(", ")}`, parameters);
}

/** Out of DNS first (see outOfZones), then drained, then uninstalled. */
export async function removeHosts(
  hosts: readonly string[],
  { old, staying, areNamed }: Leaving,
  attempt: Attempt,
): Promise<void> {
  if (old === null || hosts.length === 0) return;
  const released = hostsNamedIn(process.env["OFFLOAD_RELEASE_HOSTS"]);
  const kept = await instancesOf(staying);
  await inParallel(hosts, LIMITS.hostsAtOnce, async (host) => {
    if (released.has(host)) {
      attempt.log.warning(`host ${host} is given up: what is on it stays there`);
      return;
    }
    const facts = await factsOf(host, old, attempt);
    if (facts?.instance !== undefined && kept.has(facts.instance)) {
      attempt.log.info(`host ${host} goes on under another name`);
      return;
    }
    const claim = facts?.loadBalancerId ?? null;
    if (claim !== null && claim !== old.loadBalancerId) {
      attempt.log.warning(`host ${host} belongs to ${claim} now: the agent there stays`);
      return;
    }
    if (areNamed && claim !== null) await outlastResolvers(host, old, attempt);
    await drainHost(host, old, attempt);
    await removeHost(host, old, attempt).catch((error: unknown) => {
      throw removalFailed(host, old, error);
    });
    attempt.log.info(`host ${host}: its agent is stopped and removed`);
  });
}

/** A host that has left the name serves until its address is forgotten. OFFLOAD_SKIP_WAITS does not wait. */
async function outlastResolvers(host: string, old: Target, { log, deadline }: Attempt): Promise<void> {
  const skipped = (process.env["OFFLOAD_SKIP_WAITS"] ?? "") !== "";
  if (skipped || old.hosts[host]?.status !== "Active") return;
  const ttlSeconds = nameTtlSeconds(old);
  if (ttlSeconds === 0) return;
  const seconds = Math.ceil(Math.min(ttlSeconds, deadline.remainingSeconds()));
  log.info(`host ${host}: out of DNS; serves for ${seconds} s more, until resolvers have forgotten it`);
  await sleep(seconds * 1_000);
}

/** 0: nobody resolves the name. */
function nameTtlSeconds({ dns, dnsPort }: Target): number {
  if (dns !== undefined) return LIMITS.zoneNameTtlSeconds;
  return dnsPort === null ? 0 : LIMITS.nameTtlSeconds;
}

/** null: its agent does not answer. It may have been given to another load balancer since. */
async function factsOf(host: string, old: Target, attempt: Attempt): Promise<FactsAnswer | null> {
  const { agents } = await tryAll(old, [host], "look", attempt);
  const answer = agents.get(host)?.call("facts", {});
  return (await answer?.catch(() => null)) ?? null;
}

async function instancesOf(agents: Agents): Promise<ReadonlySet<string>> {
  const answers = await Promise.all([...agents.values()].map((agent) => agent.call("facts", {})));
  return new Set(answers.flatMap(({ instance }) => instance ?? []));
}

function removalFailed(host: string, { loadBalancerId }: Target, error: unknown): OffloadError {
  const detail = error instanceof Error ? error.message : String(error);
  const parameters = { objectId: loadBalancerId, host, detail };
  return new OffloadError("DELETE_UNREACHABLE", `host ${host}`, parameters, { cause: error });
}

export async function removeHost(host: string, target: Target, attempt: Attempt): Promise<void> {
  if (target.hosts[host] !== undefined) await disconnectAgent(target, host, attempt);
}

/** The zones of hosts that stay lead to no other. For a host that leaves before the load balancer's own change. */
export async function outOfZones(
  publishing: Publishing,
  old: Target | null,
  kept: readonly string[],
): Promise<void> {
  const staying = stayingHosts(publishing.target, old);
  const agents = new Map([...publishing.agents].filter(([host]) => staying.includes(host)));
  const sights = await sightsOf(publishing.target, agents);
  await putAddresses({ ...publishing, agents }, sights, kept);
}

/**
 * A host that leaves or goes into Maintenance serves DNS itself: as far as it can be reached, its own zone does not
 * lead to it either. Quick, and nothing fails by it: the host may be dead.
 */
export async function outOfOwnZones(
  { target, holder, log }: Publishing,
  old: Target | null,
  kept: readonly string[],
): Promise<void> {
  if (old === null) return;
  const going = hostsInOrder(old).active.filter((host) => target.hosts[host]?.status !== "Active");
  const deadline = deadlineIn(LIMITS.leavingHostSeconds);
  const { agents } = await tryAll(old, going, "look", { log, deadline });
  const narrowing = [...agents.values()].map((agent) => narrowZone(agent, target, holder, kept));
  await Promise.allSettled(narrowing);
}

async function narrowZone(
  agent: AgentClient,
  { loadBalancerId }: Target,
  holder: string,
  kept: readonly string[],
): Promise<void> {
  const quick = { timeoutSeconds: LIMITS.leavingHostSeconds };
  const { confirmed } = await agent.call("document", {}, quick);
  const { puts } = withAddresses(loadBalancerId, confirmed, kept);
  const request = {
    holder,
    expectedGeneration: confirmed.generation,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: 0,
    puts: [...puts],
    deletes: [],
  };
  if (puts.length > 0) await agent.call("change", request, quick);
}
