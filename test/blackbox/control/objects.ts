import { createHash, X509Certificate } from "node:crypto";
import type { ChangeRequest, DeclaredObjectOf, ObjectKind, Put, SpecOf } from "../../../proxy-agent/contract";
import { spkiSha256Of } from "../../../proxy-agent/control/store/keys";
import type { IssuedCertificate } from "../../../scripts/demo/certificate-authority";

export const LOAD_BALANCER = "demo-dev-web";

/** A put as the provider makes it; `owner` and `incarnation` may be overridden. */
export function put<Kind extends ObjectKind>(
  kind: Kind,
  id: string,
  spec: SpecOf<Kind>,
  more: Partial<Pick<Put, "adopt" | "previousOwner" | "keyPem">> & {
    owner?: string;
    incarnation?: string;
  } = {},
): Put {
  const { owner = `demo/dev/${kind}/${id}`, incarnation = "first", ...rest } = more;
  const object = { id, kind, spec, owner, incarnation } as unknown as DeclaredObjectOf<Kind>;
  return { object, adopt: false, previousOwner: null, keyPem: null, ...rest };
}

export function change(puts: readonly Put[], more: Partial<ChangeRequest> = {}): ChangeRequest {
  return {
    holder: "demo/dev/test/test",
    expectedGeneration: null,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: 0,
    puts: [...puts],
    deletes: [],
    ...more,
  };
}

export function loadBalancer(more: Partial<SpecOf<"loadBalancer">> = {}): Put {
  return put("loadBalancer", LOAD_BALANCER, {
    loadBalancerName: "web",
    hostName: "edge",
    dnsName: "web.lb.example.test",
    bindAddresses: ["127.0.0.1"],
    publishedAddresses: ["127.0.0.1"],
    dnsListen: null,
    dataPlane: "builtin",
    ...more,
  });
}

const CERTIFICATE = `${LOAD_BALANCER}/certificate/site`;
const GROUP = `${LOAD_BALANCER}/servergroup/web`;

export function certificate(issued: IssuedCertificate, id = CERTIFICATE): Put {
  const fingerprintSha256 = createHash("sha256")
    .update(new X509Certificate(issued.chainPem).raw)
    .digest("hex");
  const spkiSha256 = spkiSha256Of(issued.keyPem);
  const spec = { certificateName: "site", chainPem: issued.chainPem, fingerprintSha256, spkiSha256 };
  return put("certificate", id, spec, { keyPem: issued.keyPem });
}

/** Quick enough for a test to wait for. */
export const QUICK_CHECK = {
  type: "TCP",
  port: 0,
  connectTimeoutSeconds: 1,
  intervalSeconds: 0.1,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
} as const;

export function group(ports: readonly number[], more: Partial<SpecOf<"serverGroup">> = {}): Put {
  return put("serverGroup", GROUP, {
    serverGroupName: "web",
    scheduler: "Wrr",
    connectionDrainTimeoutSeconds: null,
    healthCheck: null,
    servers: ports.map((port, index) => ({
      serverId: `ECS0${index + 1}`,
      ip: "127.0.0.1",
      port,
      weight: 100,
      description: "",
    })),
    ...more,
  });
}

export function listener(port: number, more: Partial<SpecOf<"listener">> = {}): Put {
  return put("listener", `${LOAD_BALANCER}/listener/${port}`, {
    port,
    certificateId: CERTIFICATE,
    additionalCertificateIds: [],
    securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
    serverGroupId: GROUP,
    idleTimeoutSeconds: 900,
    connectionsPerSecond: 0,
    alpnPolicy: null,
    description: "",
    status: "Running",
    verify: null,
    requireHealthyBackend: null,
    ...more,
  });
}
