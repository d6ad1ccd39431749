import { SECURITY_POLICY_IDS } from "tls-offload-agent/contract";
import { z } from "zod";

export const tcpSslListenerSchema = z.strictObject({
  listenerPort: z.int().min(1).max(65_535),
  /** Exactly one: the default server certificate. */
  certificateIds: z.array(z.string()).length(1),
  additionalCertificateIds: z.array(z.string()).max(25).default([]),
  securityPolicyId: z.enum(SECURITY_POLICY_IDS),
  serverGroupId: z.string(),
  idleTimeout: z.int().min(1).max(900).default(900),
  cps: z.int().min(0).max(1_000_000).default(0),
  alpnEnabled: z.boolean().default(false),
  alpnPolicy: z.enum(["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"]).optional(),
  proxyProtocolEnabled: z.literal(false).default(false),
  caEnabled: z.literal(false).default(false),
  caCertificateIds: z.array(z.string()).max(0).default([]),
  listenerDescription: z.string().max(256).default(""),
  status: z.enum(["Running", "Stopped"]).default("Running"),
  /** Absent: the load balancer's own setting. */
  verify: z.enum(["deployer", "host", "none"]).optional(),
  /** Absent: true once a backend was ever healthy. */
  requireHealthyBackend: z.boolean().optional(),
  adopt: z.boolean().default(false),
});
export type TcpSslListenerInputs = z.output<typeof tcpSslListenerSchema>;
