import { LIMITS, SECURITY_POLICY_IDS } from "tls-offload-agent/contract";
import { z } from "zod";
import { capability } from "../resource/capability";
import { mistake, type Finding } from "../resource/finding";
import { withRefusal, withRefusedNames } from "../resource/misfit";

const policyId = withRefusal(z.enum(SECURITY_POLICY_IDS), (value, path) =>
  typeof value === "string"
    ? mistake(path, "POLICY_UNKNOWN", { known: SECURITY_POLICY_IDS.join(", ") })
    : undefined,
);

const otherProtocol = (path: string): Finding => mistake(path, "OTHER_PROTOCOL", {});

export const tcpSslListenerSchema = withRefusedNames(
  z.strictObject({
    listenerPort: z.int().min(1).max(65_535),
    /** Exactly one: the default server certificate. */
    certificateIds: z
      .array(z.string())
      .length(1)
      .meta({ expected: "a list of exactly one certificate's id" }),
    additionalCertificateIds: z.array(z.string()).max(LIMITS.additionalCertificatesPerListener).default([]),
    securityPolicyId: policyId,
    serverGroupId: z.string().meta({ expected: "the id of a server group" }),
    idleTimeout: z.int().min(1).max(900).meta({ unit: "seconds" }).default(900),
    cps: z.int().min(0).max(1_000_000).meta({ unit: "new connections a second" }).default(0),
    alpnEnabled: z.boolean().default(false),
    alpnPolicy: z.enum(["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"]).optional(),
    proxyProtocolEnabled: capability(z.literal(false), "sending PROXY headers").default(false),
    caEnabled: capability(z.literal(false), "asking clients for certificates").default(false),
    caCertificateIds: z.array(z.string()).max(0).default([]),
    listenerDescription: z.string().max(256).default(""),
    status: z.enum(["Running", "Stopped"]).default("Running"),
    /** Absent: the load balancer's own setting. */
    verify: z.enum(["deployer", "host", "none"]).optional(),
    /** Absent: true once a backend was ever healthy. */
    requireHealthyBackend: z.boolean().optional(),
    adopt: z.boolean().default(false),
  }),
  { listenerProtocol: otherProtocol, startPort: otherProtocol, endPort: otherProtocol },
);
export type TcpSslListenerInputs = z.output<typeof tcpSslListenerSchema>;
