import { createHash } from "node:crypto";
import { X509Certificate } from "node:crypto";
import type {
  DataPlaneConfiguration,
  DataPlaneGroup,
  DataPlaneListener,
} from "../../../proxy-agent/data-plane/interface";
import type { IssuedCertificate } from "../../../scripts/demo/certificate-authority";

export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}

export function listener(
  port: number,
  certificates: readonly IssuedCertificate[],
  overrides: Partial<DataPlaneListener> = {},
): DataPlaneListener {
  const id = overrides.id ?? `lb/listener/${port}`;
  return {
    id,
    endpoints: [{ address: "127.0.0.1", port }],
    certificates: certificates.map(({ chainPem, keyPem }) => ({
      chainPem,
      keyPem,
      fingerprintSha256: fingerprintOf(chainPem),
    })),
    securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
    alpnProtocols: [],
    idleTimeoutSeconds: 900,
    connectionsPerSecond: 0,
    ticketKeyBase64: createHash("sha384").update(id).digest("base64"),
    serverGroupId: "lb/group/web",
    ...overrides,
  };
}

/** Ports, or ports with weights; server ids are "s<port>". */
export function group(
  servers: readonly (number | { port: number; weight: number })[],
  overrides: Partial<DataPlaneGroup> = {},
): DataPlaneGroup {
  return {
    id: "lb/group/web",
    scheduler: "Wrr",
    drainTimeoutSeconds: null,
    servers: servers.map((server) => {
      const { port, weight } = typeof server === "number" ? { port: server, weight: 100 } : server;
      return { id: `s${port}`, ip: "127.0.0.1", port, weight };
    }),
    ...overrides,
  };
}

let generation = 0;

export function configuration(
  listeners: DataPlaneListener[],
  groups: DataPlaneGroup[],
): DataPlaneConfiguration {
  return { generation: ++generation, listeners, groups };
}
