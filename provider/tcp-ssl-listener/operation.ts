import type { DeclaredObjectOf, ObservedAnswer } from "tls-offload-agent/contract";
import type { ObjectOperation } from "../resource/operation";
import { tcpSslListenerSchema, type TcpSslListenerInputs } from "./schema";

export const tcpSslListenerOperation: ObjectOperation<TcpSslListenerInputs, "listener"> = {
  kind: "listener",
  schema: tcpSslListenerSchema,
  idOf: ({ listenerPort }, hidden) => `${hidden.target.loadBalancerId}/listener/${listenerPort}`,
  objectOf: (inputs, _hidden, { id, owner, incarnation }) => ({
    id,
    owner,
    incarnation,
    kind: "listener",
    spec: {
      port: inputs.listenerPort,
      certificateId: inputs.certificateIds[0] ?? "",
      additionalCertificateIds: inputs.additionalCertificateIds,
      securityPolicyId: inputs.securityPolicyId,
      serverGroupId: inputs.serverGroupId,
      idleTimeoutSeconds: inputs.idleTimeout,
      connectionsPerSecond: inputs.cps,
      alpnPolicy: inputs.alpnEnabled ? (inputs.alpnPolicy ?? null) : null,
      description: inputs.listenerDescription,
      status: inputs.status,
      verify: inputs.verify ?? null,
      requireHealthyBackend: inputs.requireHealthyBackend ?? null,
    },
  }),
  inputsOf: ({ spec }, old) => ({
    adopt: false,
    proxyProtocolEnabled: false,
    caEnabled: false,
    caCertificateIds: [],
    ...old,
    listenerPort: spec.port,
    certificateIds: [spec.certificateId],
    additionalCertificateIds: spec.additionalCertificateIds,
    securityPolicyId: spec.securityPolicyId,
    serverGroupId: spec.serverGroupId,
    idleTimeout: spec.idleTimeoutSeconds,
    cps: spec.connectionsPerSecond,
    alpnEnabled: spec.alpnPolicy !== null,
    ...(spec.alpnPolicy === null ? {} : { alpnPolicy: spec.alpnPolicy }),
    listenerDescription: spec.description,
    status: spec.status,
    ...(spec.verify === null ? {} : { verify: spec.verify }),
    ...(spec.requireHealthyBackend === null ? {} : { requireHealthyBackend: spec.requireHealthyBackend }),
  }),
  outputsOf: (_inputs, hidden) => ({ dnsName: hidden.target.dnsName }),
  after: (inputs, { hidden }, verified) =>
    Promise.resolve({ verified: verifiedText(inputs, hidden.target.verify) ?? verified }),
  observe: async (inputs, { id, agents }, seen) => {
    const notServed: Record<string, string> = {};
    for (const [host, observed] of Object.entries(seen)) {
      const document = (await agents.get(host)?.call("document", {}))?.confirmed;
      const certificate = document?.objects[inputs.certificateIds[0] ?? ""];
      const expected = certificate?.kind === "certificate" ? certificate.spec.fingerprintSha256 : undefined;
      const wrong = wrongWith(id, inputs, observed, expected);
      if (wrong !== null) notServed[host] = wrong;
    }
    return { outputs: {}, notServed };
  },
};

/** Why nothing was looked at; null: it was. */
function verifiedText(
  { status, verify }: TcpSslListenerInputs,
  standard: "deployer" | "host" | "none",
): { notVerified: string } | null {
  if (status === "Stopped") return { notVerified: "the listener is stopped" };
  return (verify ?? standard) === "none" ? { notVerified: "verify is none" } : null;
}

/** What a host really does, compared with what its document says. */
function wrongWith(
  id: string,
  inputs: TcpSslListenerInputs,
  { dataPlane, problems }: ObservedAnswer,
  expectedFingerprint: DeclaredObjectOf<"certificate">["spec"]["fingerprintSha256"] | undefined,
): string | null {
  if (inputs.status === "Stopped") return null;
  const problem = problems.find(({ objectId }) => objectId === id);
  if (problem !== undefined) return problem.message;
  if (dataPlane.state === "down") return "the data plane is down";
  const listener = dataPlane.listeners.find(({ listenerId }) => listenerId === id);
  if (listener === undefined || listener.bound.length === 0) return `${id} is declared and not bound`;
  if (!listener.workersAgree) return `${id} is not served alike by all workers`;
  const [served] = listener.fingerprintsSha256;
  if (expectedFingerprint !== undefined && served !== expectedFingerprint) {
    return `${id} serves the certificate ${served ?? "none"}, declared is ${expectedFingerprint}`;
  }
  return null;
}
