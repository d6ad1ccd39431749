import { outlastLeases } from "../dns/leases";
import { sentencesOf } from "../resource/host-view";
import type { ObjectOperation } from "../resource/operation";
import { listenerDrift } from "./drift";
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
  before: async ({ status }, { hidden, log }) => {
    if (status === "Stopped") await outlastLeases(hidden.target.dnsName, log);
  },
  outlast: ({ target }, log) => outlastLeases(target.dnsName, log),
  after: (inputs, { hidden }, verified) =>
    Promise.resolve({ verified: verifiedText(inputs, hidden.target.verify) ?? verified }),
  observe: (_inputs, { id }, views) =>
    Promise.resolve({ outputs: {}, notServed: sentencesOf(views, (view) => listenerDrift(id, view)) }),
};

/** Why nothing was looked at; null: it was. */
function verifiedText(
  { status, verify }: TcpSslListenerInputs,
  standard: "deployer" | "host" | "none",
): { notVerified: string } | null {
  if (status === "Stopped") return { notVerified: "the listener is stopped" };
  return (verify ?? standard) === "none" ? { notVerified: "verify is none" } : null;
}
