import type { ObservedAnswer, ObservedListener, ObservedServer } from "../../contract/observed";
import type { Document } from "../../contract/document";
import { healthKey, type ObservedDataPlane } from "../../data-plane/interface";
import type { HealthMonitor } from "../../health/monitor";
import { objectsOf } from "../configuration/objects";
import type { DrainMark } from "../drain";
import { describeProblem, type ObjectProblem } from "../problem";
import type { Serving } from "../serving";

export interface ObservedOptions {
  /** The document that is served now, pending or confirmed. */
  readonly document: Document;
  readonly serving: Serving;
  readonly monitor: HealthMonitor;
  /** Known without asking the processes. */
  readonly problems: readonly ObjectProblem[];
  readonly drain: DrainMark | undefined;
}

/** What is, beside what was declared. Never throws because a process is down. */
export async function observe(options: ObservedOptions): Promise<ObservedAnswer> {
  const { document, serving, monitor, drain } = options;
  const [dataPlane, dns] = await Promise.all([
    serving.dataPlane.call("observe", {}).catch(() => undefined),
    serving.dns.call("observe", {}).catch(() => undefined),
  ]);
  const off = objectsOf(document, "loadBalancer").every(({ spec }) => spec.dnsListen === null);
  const problems = [
    ...options.problems,
    ...serving.dataPlaneFollower.problems,
    ...serving.dnsFollower.problems,
  ];
  return {
    generation: dataPlane?.generation ?? document.generation,
    dataPlane: {
      state: dataPlane === undefined ? "down" : "running",
      version: dataPlane?.version ?? "",
      workers: dataPlane?.workers ?? 0,
      listeners: dataPlane?.listeners.map(observedListener) ?? [],
      groups: dataPlane?.groups,
      drainSeconds: dataPlane?.drainSeconds,
    },
    servers: observedServers(document, monitor, dataPlane?.listeners ?? []),
    dns: {
      state: dns === undefined ? "down" : off ? "off" : "running",
      bound: dns?.bound ?? [],
      zones: dns?.zones ?? [],
      addresses: dns?.addresses,
    },
    problems: problems.map(describeProblem),
    drained: drain !== undefined,
    ...(drain === undefined ? {} : { drainReason: drain.reason }),
  };
}

type LiveListener = ObservedDataPlane["listeners"][number];

function observedListener(live: LiveListener): ObservedListener {
  const { id: listenerId, bound, fingerprintsSha256, securityPolicyId, unavailableCiphers } = live;
  const { serverGroupId, connections, workersAgree } = live;
  const served = { bound, fingerprintsSha256, securityPolicyId, unavailableCiphers, serverGroupId };
  return { listenerId, ...served, connections, workersAgree };
}

function observedServers(
  document: Document,
  monitor: HealthMonitor,
  live: readonly LiveListener[],
): ObservedServer[] {
  return objectsOf(document, "serverGroup").flatMap((group) =>
    group.spec.servers.map(({ serverId, ip, port, weight }) => {
      const key = healthKey(group, { id: serverId, ip, port });
      const { state, detail, everHealthy } = monitor.get(key);
      const connections = live.reduce((sum, listener) => sum + (listener.connectionsByServer[key] ?? 0), 0);
      const server = { serverGroupId: group.id, serverId, ip, port, weight };
      return { ...server, health: state, detail, everHealthy, connections };
    }),
  );
}
