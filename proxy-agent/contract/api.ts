import { z } from "zod";
import { changeAnswer, changeRequest, renewRequest, settledAnswer } from "./change";
import { documentAnswer } from "./document";
import { factsAnswer } from "./facts";
import { LIMITS } from "./limits";
import { observedAnswer } from "./observed";
import { probeAnswer, probeQuery, probeWindowRequest } from "./probe";

const nothing = z.strictObject({});

const drainRequest = z.strictObject({ reason: z.string().max(LIMITS.drainReasonCharacters).optional() });

/** One call of the agent's API. Requests are strict; answers tolerate what a newer agent adds. */
export interface Call<Request extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "POST";
  /** May end in ":id", the change's id. */
  readonly path: string;
  readonly request: Request;
  readonly answer: Answer;
}

/** How long a client waits for the answer where it does not say otherwise. Seconds. */
export function patienceSeconds({ method }: Pick<Call, "method">): number {
  return method === "GET" ? LIMITS.apiReadSeconds : LIMITS.apiRequestSeconds;
}

/** The whole API, HTTP with JSON bodies over a Unix socket. Metrics (GET /v1/metrics) are text and stand apart. */
export const API = {
  facts: { method: "GET", path: "/v1/facts", request: nothing, answer: factsAnswer },
  document: { method: "GET", path: "/v1/document", request: nothing, answer: documentAnswer },
  observed: { method: "GET", path: "/v1/observed", request: nothing, answer: observedAnswer },
  change: { method: "POST", path: "/v1/changes", request: changeRequest, answer: changeAnswer },
  confirm: { method: "POST", path: "/v1/changes/confirm/:id", request: nothing, answer: settledAnswer },
  revert: { method: "POST", path: "/v1/changes/revert/:id", request: nothing, answer: settledAnswer },
  renew: { method: "POST", path: "/v1/changes/renew/:id", request: renewRequest, answer: settledAnswer },
  openProbeWindow: {
    method: "POST",
    path: "/v1/probes/window",
    request: probeWindowRequest,
    answer: z.object({}),
  },
  /** Takes the host out of service until `undrain`: live connections go on, new ones are refused. */
  drain: { method: "POST", path: "/v1/drain", request: drainRequest, answer: z.object({}) },
  undrain: { method: "POST", path: "/v1/undrain", request: nothing, answer: z.object({}) },
  /** A cloned machine (HOST_CLONED) is the host from now on. */
  adopt: { method: "POST", path: "/v1/adopt", request: nothing, answer: z.object({}) },
  probe: { method: "POST", path: "/v1/probes/find", request: probeQuery, answer: probeAnswer },
} as const satisfies Record<string, Call>;

export type ApiCall = keyof typeof API;
export type RequestOf<Name extends ApiCall> = z.input<(typeof API)[Name]["request"]>;
export type AnswerOf<Name extends ApiCall> = z.output<(typeof API)[Name]["answer"]>;

/** How every failure is answered. `parameters` never hold a secret. */
export const errorAnswer = z.object({
  code: z.string(),
  where: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  message: z.string(),
});
export type ErrorAnswer = z.infer<typeof errorAnswer>;

/** Inside the agent's state directory. */
export const STATE_FILES = {
  controlSocket: "control.sock",
  dataPlaneSocket: "data-plane.sock",
  dnsSocket: "dns.sock",
  /** The confirmed document, and the one that waits to be confirmed. */
  document: "document.json",
  pending: "pending.json",
  /** One file a private key, named by the SHA-256 of its public key. */
  keys: "keys",
  /** Secret from which each listener's session-ticket key is derived. */
  ticketSecret: "ticket-secret",
  /** There while the host is drained by hand. */
  drained: "drained",
  /** Hash of the machine's id: tells a host from a copy of its disk. */
  machine: "machine",
  logs: "logs",
  /** Copies of the bundle, one folder a content hash, so that a running agent does not depend on node_modules. */
  bundles: "bundles",
} as const;
