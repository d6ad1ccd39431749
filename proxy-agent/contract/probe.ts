import { z } from "zod";
import { LIMITS } from "./limits";

/** The label of the TLS exporter (RFC 5705, RFC 8446 7.5) by which both ends of one TLS connection know it. */
export const PROBE_EXPORTER_LABEL = "EXPERIMENTAL tls-offload probe";
export const PROBE_EXPORTER_BYTES = 32;

/** Opens a window in which the data plane remembers new connections by their exporter value. */
export const probeWindowRequest = z.strictObject({
  seconds: z.number().min(1).max(LIMITS.probeWindowSeconds),
});

/** Asks for one connection: hex of exportKeyingMaterial(PROBE_EXPORTER_BYTES, PROBE_EXPORTER_LABEL). */
export const probeQuery = z.strictObject({ exporterHex: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * What the agent itself knows of that connection. Works through NAT, and proves that the TLS session ended in
 * this agent and not in something in between. null: not (yet) seen.
 */
export const probeRecord = z.object({
  listenerId: z.string(),
  serverGroupId: z.string(),
  /** The server that took it; null: none has (yet). */
  serverId: z.string().nullable(),
  /** "connecting" until a backend took it; "no-server" when all tries failed. */
  state: z.enum(["connecting", "relaying", "no-server", "ended"]),
});
export type ProbeRecord = z.infer<typeof probeRecord>;

export const probeAnswer = z.object({ record: probeRecord.nullable() });
