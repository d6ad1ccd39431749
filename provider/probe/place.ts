import type { Duplex } from "node:stream";
import { OffloadError } from "tls-offload-agent/contract";
import type { AgentClient } from "../transport/agent-client";

/** One listener at one outside address of one host. */
export interface Place {
  readonly agent: AgentClient;
  readonly listenerId: string;
  readonly address: string;
  readonly port: number;
  /** "host edge-a: shop/listener/443", for messages. */
  readonly where: string;
  /** Probes it from the host itself. Absent: from this machine. */
  readonly connect?: (address: string, port: number) => Promise<Duplex>;
}

/** Nothing answers at the place: asks the agent whether it is its own fault or something in between. */
export async function refuseSilence(place: Place, detail: string): Promise<never> {
  const { agent, listenerId, address, port, where } = place;
  const observed = await agent.call("observed", {});
  const listener = observed.dataPlane.listeners.find((one) => one.listenerId === listenerId);
  const bound = listener?.bound.some((endpoint) => endpoint.port === port) ?? false;
  const from = place.connect === undefined ? "this machine" : "the host itself";
  if (bound) throw new OffloadError("VERIFY_UNREACHABLE", where, { address, port, from, detail });
  const problem = observed.problems.find(({ objectId }) => objectId === listenerId)?.message;
  throw new OffloadError("VERIFY_NOT_BOUND", where, { address, port, detail: problem ?? detail });
}
