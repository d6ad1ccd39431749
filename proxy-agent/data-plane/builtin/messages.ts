import { OffloadError } from "../../contract/errors";
import type { HealthState, ObservedGroup } from "../../contract/observed";
import type { ProbeRecord } from "../../contract/probe";
import type { DataPlaneConfiguration } from "../interface";

/**
 * What the data-plane process asks its workers. They are started from the same bundle, so types alone are the
 * contract here.
 */
export interface WorkerCalls {
  /** Comes with the bound socket; the worker listens on it and holds what connects until a commit routes it. */
  listen: { request: { endpoint: string }; answer: { errorCode: string } };
  /** Builds everything that the configuration needs; nothing of it is served before `commit`. */
  provision: { request: { configuration: DataPlaneConfiguration }; answer: { problems: ApplyProblem[] } };
  /** Serves what was provisioned, without the listeners that another worker could not hold. */
  commit: { request: { without: string[]; retire: boolean }; answer: Nothing };
  /** Forgets what was provisioned and closes the sockets that no listener uses. */
  discard: { request: Nothing; answer: Nothing };
  setHealth: { request: { health: Record<string, HealthState> }; answer: Nothing };
  observe: { request: Nothing; answer: WorkerObserved };
  openProbeWindow: { request: { seconds: number }; answer: Nothing };
  probe: { request: { exporterHex: string }; answer: { record: ProbeRecord | null } };
  counters: { request: Nothing; answer: Record<string, number> };
}

export type WorkerCall = keyof WorkerCalls;
export type WorkerHandlers = {
  [Name in WorkerCall]: (
    request: WorkerCalls[Name]["request"],
    handle: unknown,
  ) => WorkerCalls[Name]["answer"] | Promise<WorkerCalls[Name]["answer"]>;
};

export type Nothing = Record<string, never>;

export interface WorkerRequest {
  readonly id: number;
  readonly call: WorkerCall;
  readonly request: unknown;
}

export interface WorkerAnswer {
  readonly id: number;
  readonly answer: unknown;
  /** What went wrong in the worker itself; empty when nothing did. */
  readonly failure: string;
}

/** The id of the answer to no question: why the worker dies. */
export const LAST_WORDS = 0;

export interface ApplyProblem {
  readonly objectId: string;
  readonly code: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

export interface WorkerListenerObserved {
  readonly id: string;
  readonly endpoints: readonly string[];
  readonly fingerprintsSha256: readonly string[];
  readonly securityPolicyId: string;
  readonly unavailableCiphers: readonly string[];
  readonly serverGroupId: string;
  readonly connections: number;
  readonly connectionsByServer: Readonly<Record<string, number>>;
}

export interface WorkerObserved {
  readonly listeners: readonly WorkerListenerObserved[];
  readonly groups: readonly WorkerGroupObserved[];
  readonly drainSeconds: number;
}

export type WorkerGroupObserved = Omit<ObservedGroup, "workersAgree">;

/** A coded error as a problem; any other error is a mistake of the agent's and thrown on. */
export function problemOf(objectId: string, error: unknown): ApplyProblem {
  if (!(error instanceof OffloadError)) {
    throw error;
  }
  const { code, parameters } = error as OffloadError;
  return { objectId, code, parameters };
}

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** "192.0.2.1 443": a key that tells two sockets apart. */
export function endpointKey(endpoint: Endpoint): string {
  return `${endpoint.address} ${endpoint.port}`;
}

export function endpointOf(key: string): Endpoint {
  const [address = "", port = ""] = key.split(" ");
  return { address, port: Number(port) };
}
