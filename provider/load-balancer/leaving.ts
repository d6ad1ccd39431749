import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import { areWaitsSkipped } from "../dns/outlast";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import { inParallel } from "../fleet/queue";
import type { Attempt } from "../fleet/reach";
import type { Target } from "../resource/hidden-input";
import { disconnectAgent } from "../transport/connect";
import { drainHost } from "./drain";
import type { Leaver } from "./leavers";

/**
 * Out of DNS first (see outOfZones), then drained, then uninstalled. `areNamed`: resolvers may still lead to them.
 * Host -> why it could not be removed.
 */
export async function removeHosts(
  leavers: readonly Leaver[],
  { areNamed }: { areNamed: boolean },
  attempt: Attempt,
): Promise<ReadonlyMap<string, Error>> {
  const failures = new Map<string, Error>();
  await inParallel(leavers, LIMITS.hostsAtOnce, async ({ host, old, agent, serves }) => {
    if (areNamed && serves) await outlastResolvers(host, old, attempt);
    if (agent !== undefined) await drainHost(agent, old.loadBalancerId, attempt);
    try {
      await removeHost(host, old, attempt.log);
      attempt.log.info(`host ${host}: its agent is stopped and removed`);
    } catch (error) {
      failures.set(host, removalFailed(host, old, error));
    }
  });
  return failures;
}

/** A host that has left the name serves until its address is forgotten. OFFLOAD_SKIP_WAITS does not wait. */
async function outlastResolvers(host: string, old: Target, { log, deadline }: Attempt): Promise<void> {
  if (areWaitsSkipped() || old.hosts[host]?.status !== "Active") return;
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

function removalFailed(host: string, { loadBalancerId }: Target, error: unknown): OffloadError {
  const detail = error instanceof Error ? error.message : String(error);
  const parameters = { objectId: loadBalancerId, host, detail };
  return new OffloadError("DELETE_UNREACHABLE", `host ${host}`, parameters, { cause: error });
}

/** It has time of its own: waiting for clients and resolvers may take all that the operation has. */
export async function removeHost(host: string, target: Target, log: ResourceLog): Promise<void> {
  const deadline = deadlineIn(LIMITS.hostRemoveSeconds);
  if (target.hosts[host] !== undefined) await disconnectAgent(target, host, { log, deadline });
}
