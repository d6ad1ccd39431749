import type { WorkerListenerObserved } from "../messages";
import type { Acceptor } from "./acceptor";
import type { Connection } from "./connection";
import type { Listener } from "./listener";

/** `listeners`: those that are served first; one that drains may have the id of one that is served. */
export function observeListeners(
  listeners: readonly Listener[],
  acceptors: ReadonlyMap<string, Acceptor>,
  connections: Iterable<Connection>,
): WorkerListenerObserved[] {
  const byServer = countByServer(connections);
  const observed = new Map<string, WorkerListenerObserved>();
  for (const listener of listeners) {
    const { id, securityPolicyId, serverGroupId } = listener.configuration;
    const same = observed.get(id);
    const endpoints = [...acceptors]
      .filter(([, acceptor]) => acceptor.listener === listener)
      .map(([key]) => key);
    observed.set(id, {
      ...(same ?? {
        id,
        endpoints,
        fingerprintsSha256: listener.terminator.fingerprintsSha256,
        securityPolicyId,
        unavailableCiphers: listener.terminator.unavailableCiphers,
        serverGroupId,
        connectionsByServer: byServer.get(id) ?? {},
      }),
      connections: (same?.connections ?? 0) + listener.openSockets,
    });
  }
  return [...observed.values()];
}

function countByServer(connections: Iterable<Connection>): Map<string, Record<string, number>> {
  const counts = new Map<string, Record<string, number>>();
  for (const { listenerId, server } of connections) {
    const ofListener = counts.get(listenerId) ?? {};
    counts.set(listenerId, ofListener);
    if (server !== undefined) {
      ofListener[server.key] = (ofListener[server.key] ?? 0) + 1;
    }
  }
  return counts;
}
