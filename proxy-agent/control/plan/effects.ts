import type { Effect } from "../../contract/change";
import type { Document } from "../../contract/document";
import { LIMITS } from "../../contract/limits";
import type { SpecOf } from "../../contract/object";
import { healthKey, type ObservedDataPlane } from "../../data-plane/interface";
import { objectOf } from "../configuration/objects";
import type { Touched } from "./plan";

type LiveListener = ObservedDataPlane["listeners"][number];

/** What a change does to the connections that live now. */
export function effectsOf(
  before: Document,
  touched: readonly Touched[],
  live: readonly LiveListener[],
): Effect[] {
  return touched.map((one) => {
    const { objectId, action } = one;
    return { objectId, action, ...connectionsEffect(before, one, live) };
  });
}

type ConnectionsEffect = Pick<Effect, "untouched" | "draining" | "drainTimeoutSeconds" | "text">;

function connectionsEffect(before: Document, one: Touched, live: readonly LiveListener[]): ConnectionsEffect {
  const object = one.before;
  switch (object?.kind) {
    case "certificate":
      return certificateEffect(
        connectionsOf(live, (listener) => usesCertificate(before, listener.id, object.id)),
      );
    case "serverGroup": {
      const after = one.after?.kind === "serverGroup" ? one.after.spec : undefined;
      return groupEffect(object.id, object.spec, after, live);
    }
    case "listener": {
      const connections = connectionsOf(live, (listener) => listener.id === object.id);
      const stays = one.after?.kind === "listener" && one.after.spec.status === "Running";
      const timeout = objectOf(before, "serverGroup", object.spec.serverGroupId)?.spec
        .connectionDrainTimeoutSeconds;
      return stays
        ? listenerStays(connections)
        : listenerEnds(connections, timeout ?? LIMITS.retiredConnectionSeconds);
    }
    case undefined:
    case "loadBalancer":
    case "domain":
    case "record":
      return { ...NONE, text: "Touches no connection" };
  }
}

const NONE = { untouched: 0, draining: 0, drainTimeoutSeconds: null };

function certificateEffect(untouched: number): ConnectionsEffect {
  const text = `New connections get it; ${count(untouched)} ${untouched === 1 ? "goes" : "go"} on with the one before`;
  return { ...NONE, untouched, text };
}

function listenerStays(untouched: number): ConnectionsEffect {
  return { ...NONE, untouched, text: inWords("Holds for new connections", spared(untouched)) };
}

function listenerEnds(draining: number, drainTimeoutSeconds: number): ConnectionsEffect {
  const going = draining === 0 ? [] : [`${count(draining)} may go on for up to ${drainTimeoutSeconds} s`];
  const text = inWords("Takes no new connections", going);
  return { ...NONE, draining, drainTimeoutSeconds, text };
}

function groupEffect(
  id: string,
  before: SpecOf<"serverGroup">,
  after: SpecOf<"serverGroup"> | undefined,
  live: readonly LiveListener[],
): ConnectionsEffect {
  const keyOf = (server: SpecOf<"serverGroup">["servers"][number]): string =>
    healthKey({ id }, { ...server, id: server.serverId });
  const staying = new Set(after?.servers.map(keyOf));
  const total = (keys: readonly string[]): number =>
    keys.reduce(
      (sum, key) => sum + live.reduce((part, listener) => part + (listener.connectionsByServer[key] ?? 0), 0),
      0,
    );
  const keys = before.servers.map(keyOf);
  const untouched = total(keys.filter((key) => staying.has(key)));
  const removed = keys.filter((key) => !staying.has(key));
  const draining = total(removed);
  const timeout =
    after === undefined ? before.connectionDrainTimeoutSeconds : after.connectionDrainTimeoutSeconds;
  const drainTimeoutSeconds = removed.length === 0 ? null : (timeout ?? LIMITS.retiredConnectionSeconds);
  const going =
    drainTimeoutSeconds === null || draining === 0
      ? []
      : [`${count(draining)} to removed servers may go on for up to ${drainTimeoutSeconds} s`];
  const text = inWords("Holds for new connections", [...going, ...spared(untouched)]);
  return { untouched, draining, drainTimeoutSeconds, text };
}

/** Nobody is helped by the news of nothing. */
function spared(untouched: number): readonly string[] {
  return untouched === 0 ? [] : [`${count(untouched)} not touched`];
}

function inWords(first: string, others: readonly string[]): string {
  return [first, ...others].join("; ");
}

function connectionsOf(live: readonly LiveListener[], which: (listener: LiveListener) => boolean): number {
  return live.filter(which).reduce((sum, listener) => sum + listener.connections, 0);
}

function usesCertificate(document: Document, listenerId: string, certificateId: string): boolean {
  const spec = objectOf(document, "listener", listenerId)?.spec;
  return spec !== undefined && [spec.certificateId, ...spec.additionalCertificateIds].includes(certificateId);
}

function count(connections: number): string {
  return `${connections} live connection${connections === 1 ? "" : "s"}`;
}
