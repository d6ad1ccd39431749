import type { Document } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { expectationOf, type Expectation } from "../probe/expectation";
import { verifyClosed, verifyOpen } from "../probe/listener";
import type { Place } from "../probe/place";
import type { HostReport } from "../probe/report";
import { isKind, type VerifyWish } from "../resource/operation";
import type { AgentClient } from "../transport/agent-client";
import { within } from "./ask";
import type { Deadline } from "./deadline";
import type { Transaction } from "./transaction";

export interface HostVerification {
  readonly agent: AgentClient;
  /** The host's outside addresses. */
  readonly addresses: readonly string[];
  readonly wish: VerifyWish;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

export function verificationOf(
  { target, wish, log, deadline: own }: Transaction,
  agent: AgentClient,
  deadline = own,
): HostVerification {
  const addresses = target.hosts[agent.host]?.addresses ?? [];
  return { agent: within(agent, deadline), addresses, wish, log, deadline };
}

/** Each listener that shall answer does, as the document says. Listener id -> what was seen at each address. */
export async function verifyServed(
  verification: HostVerification,
  document: Document,
  listenerIds: Iterable<string>,
): Promise<Map<string, HostReport[]>> {
  const seen = new Map<string, HostReport[]>();
  const expectations = [...listenerIds].flatMap((listenerId) => {
    const expectation = expectationOf(document, listenerId);
    return expectation === null || modeOf(verification, expectation) === "none" ? [] : [expectation];
  });
  if (expectations.length > 0 && (await isDrained(verification))) return seen;
  for (const expectation of expectations) {
    const { listenerId } = expectation;
    const reports: HostReport[] = [];
    for (const place of placesOf(verification, expectation)) {
      reports.push(await verifyPlace(verification, place, expectation));
    }
    seen.set(listenerId, reports);
  }
  return seen;
}

/** Nothing listens there, as somebody wants it. */
async function isDrained({ agent }: HostVerification): Promise<boolean> {
  return (await agent.call("observed", {})).drained === true;
}

async function verifyPlace(
  { agent, wish, log, deadline }: HostVerification,
  place: Place,
  expectation: Expectation,
): Promise<HostReport> {
  deadline.check(`verifying ${place.where}`);
  log.progress(`host ${agent.host}: verifying ${expectation.listenerId} at ${place.address}`);
  const required = wish.requireHealthyBackend ?? expectation.requireHealthyBackend ?? undefined;
  const report = await verifyOpen(place, expectation, required, deadline);
  if (report.backend === "none healthy yet") {
    log.warning(
      `host ${agent.host}: no server of ${expectation.serverGroupId} is up yet; clients of ` +
        `${expectation.listenerId} are turned away until one is`,
    );
  }
  return report;
}

/** Listeners that were served before and shall not be any more: nothing accepts connections on their ports. */
export async function verifyGone(
  verification: HostVerification,
  before: Document,
  after: Document,
  listenerIds: Iterable<string>,
): Promise<void> {
  const open = new Set(listenerPorts(after));
  for (const listenerId of listenerIds) {
    const old = expectationOf(before, listenerId);
    if (old === null || modeOf(verification, old) === "none") continue;
    if (expectationOf(after, listenerId) !== null || open.has(old.port)) continue;
    for (const place of placesOf(verification, old)) {
      await verifyClosed(place, verification.deadline);
    }
  }
}

/** A listener's own setting goes before the load balancer's. */
function modeOf({ wish }: HostVerification, { verify }: Expectation): VerifyWish["mode"] {
  return verify ?? wish.mode;
}

function listenerPorts(document: Document): number[] {
  return Object.values(document.objects).flatMap((object) =>
    isKind(object, "listener") && object.spec.status === "Running" ? [object.spec.port] : [],
  );
}

/** A host that is this machine needs no way of its own. */
function placesOf(verification: HostVerification, expectation: Expectation): Place[] {
  const { agent, addresses } = verification;
  const { listenerId, port } = expectation;
  const where = `host ${agent.host}: ${listenerId}`;
  const fromHost = modeOf(verification, expectation) === "host" ? agent.connect : undefined;
  const way = fromHost === undefined ? {} : { connect: fromHost };
  return addresses.map((address) => ({ agent, listenerId, address, port, where, ...way }));
}
