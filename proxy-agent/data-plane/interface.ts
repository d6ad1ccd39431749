import { z } from "zod";
import type { Call } from "../contract/api";
import { capabilitiesSchema } from "../contract/facts";
import { LIMITS } from "../contract/limits";
import { healthState, observedGroup } from "../contract/observed";
import { probeAnswer, probeQuery, probeWindowRequest } from "../contract/probe";
import { SECURITY_POLICY_IDS } from "../contract/security-policy";

/**
 * The border between control and a data plane, whichever it is: HTTP with JSON over data-plane.sock. The data
 * plane keeps nothing on disk; control pushes the whole configuration at every change and whenever the data plane
 * comes back.
 */
const endpoint = z.strictObject({ address: z.string(), port: z.int() });

export const dataPlaneListener = z.strictObject({
  id: z.string(),
  endpoints: z.array(endpoint).min(1),
  /** The default certificate first; the others are chosen by SNI. */
  certificates: z
    .array(z.strictObject({ chainPem: z.string(), keyPem: z.string(), fingerprintSha256: z.string() }))
    .min(1),
  securityPolicyId: z.enum(SECURITY_POLICY_IDS),
  /** In the server's order of preference; empty: ALPN is off. */
  alpnProtocols: z.array(z.string()),
  idleTimeoutSeconds: z.number(),
  /** 0: no limit. */
  connectionsPerSecond: z.int(),
  /** 48 bytes, base64: the same in every worker and after every restart; another listener has another. */
  ticketKeyBase64: z.string(),
  serverGroupId: z.string(),
});
export type DataPlaneListener = z.infer<typeof dataPlaneListener>;

const dataPlaneServer = z.strictObject({
  id: z.string(),
  ip: z.string(),
  port: z.int(),
  weight: z.int(),
});

export const dataPlaneGroup = z.strictObject({
  id: z.string(),
  scheduler: z.enum(["Wrr", "Rr"]),
  /** Connections to a removed server end after this time; null: after LIMITS.retiredConnectionSeconds. */
  drainTimeoutSeconds: z.number().nullable(),
  servers: z.array(dataPlaneServer),
});
export type DataPlaneGroup = z.infer<typeof dataPlaneGroup>;

export const dataPlaneConfiguration = z.strictObject({
  generation: z.int(),
  listeners: z.array(dataPlaneListener).max(LIMITS.listenersPerDocument),
  groups: z.array(dataPlaneGroup),
});
export type DataPlaneConfiguration = z.infer<typeof dataPlaneConfiguration>;

const nothing = z.strictObject({});

export const applyRequest = z.strictObject({
  configuration: dataPlaneConfiguration,
  /**
   * false: only adds and re-points; listeners that are not in the configuration go on as they are, connections to
   * servers that are gone are left alone. true: these listeners close and drain clocks start.
   */
  retire: z.boolean(),
});

/** One server of one group; `key` is `${group id} ${server id} ${ip} ${port}`. */
const healthRequest = z.strictObject({ health: z.record(z.string(), healthState) });

export function healthKey(group: { id: string }, server: { id: string; ip: string; port: number }): string {
  return `${group.id} ${server.id} ${server.ip} ${server.port}`;
}

/** A listener or certificate that cannot be served; the rest is. `code` is one of the registry. */
const applyProblem = z.object({
  objectId: z.string(),
  code: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const observedDataPlane = z.object({
  generation: z.int(),
  version: z.string(),
  workers: z.int(),
  listeners: z.array(
    z.object({
      id: z.string(),
      bound: z.array(endpoint),
      fingerprintsSha256: z.array(z.string()),
      securityPolicyId: z.string(),
      unavailableCiphers: z.array(z.string()),
      serverGroupId: z.string(),
      connections: z.int(),
      workersAgree: z.boolean(),
      /** Live connections by server, keyed by healthKey. Removed servers and listeners that drain are in it too. */
      connectionsByServer: z.record(z.string(), z.int()),
    }),
  ),
  /** As the workers have them in memory. Missing: a data plane of an agent that could not tell. */
  groups: z.array(observedGroup).optional(),
  /** See the contract's. */
  drainSeconds: z.number().optional(),
});
export type ObservedDataPlane = z.infer<typeof observedDataPlane>;

export const DATA_PLANE_API = {
  capabilities: { method: "GET", path: "/v1/capabilities", request: nothing, answer: capabilitiesSchema },
  /**
   * Tries everything that apply would need (TLS contexts, ports that are free) and changes nothing. An empty list
   * of problems: apply would succeed.
   */
  validate: {
    method: "POST",
    path: "/v1/validate",
    request: z.strictObject({ configuration: dataPlaneConfiguration }),
    answer: z.object({ problems: z.array(applyProblem) }),
  },
  /**
   * All or nothing for a change: with `strict` problems refuse the whole (nothing is swapped). Without (replay at
   * start) what works is served and the rest is answered as problems.
   */
  apply: {
    method: "POST",
    path: "/v1/apply",
    request: applyRequest.extend({ strict: z.boolean() }),
    answer: z.object({ problems: z.array(applyProblem) }),
  },
  setHealth: { method: "POST", path: "/v1/health", request: healthRequest, answer: nothing },
  observe: { method: "GET", path: "/v1/observe", request: nothing, answer: observedDataPlane },
  openProbeWindow: {
    method: "POST",
    path: "/v1/probes/window",
    request: probeWindowRequest,
    answer: nothing,
  },
  probe: { method: "POST", path: "/v1/probes/find", request: probeQuery, answer: probeAnswer },
  /** Counters by name, for control's metrics page. */
  counters: {
    method: "GET",
    path: "/v1/counters",
    request: nothing,
    answer: z.record(z.string(), z.number()),
  },
} as const satisfies Record<string, Call>;
