import { X509Certificate } from "node:crypto";
import type { DeclaredObjectOf, Document, SecurityPolicyId } from "tls-offload-agent/contract";
import { isKind } from "../resource/operation";

export interface ExpectedCertificate {
  readonly fingerprintSha256: string;
  /** The first DNS name, `*` filled in; null: the certificate names none. */
  readonly serverName: string | null;
  readonly chainPem: string;
}

/** What a listener shall show at each outside address of its host. */
export interface Expectation {
  readonly listenerId: string;
  readonly port: number;
  readonly securityPolicyId: SecurityPolicyId;
  readonly serverGroupId: string;
  /** The listener's own wishes; null: it has none. */
  readonly verify: "deployer" | "host" | "none" | null;
  readonly requireHealthyBackend: boolean | null;
  /** The default certificate first. */
  readonly certificates: readonly ExpectedCertificate[];
}

/** What stands for the `*` of a wildcard certificate in a probe. */
const WILDCARD_LABEL = "tls-offload-probe";

/** null: nothing shall answer for this listener. */
export function expectationOf(document: Document, listenerId: string): Expectation | null {
  const listener = document.objects[listenerId];
  if (!isKind(listener, "listener") || listener.spec.status !== "Running") return null;
  const { certificateId, additionalCertificateIds, ...spec } = listener.spec;
  const certificates = [certificateId, ...additionalCertificateIds]
    .map((id) => document.objects[id])
    .filter((object): object is typeof object & DeclaredObjectOf<"certificate"> =>
      isKind(object, "certificate"),
    )
    .map(({ spec: { chainPem, fingerprintSha256 } }) => ({
      chainPem,
      fingerprintSha256,
      serverName: firstDnsName(chainPem),
    }));
  const { port, securityPolicyId, serverGroupId, verify, requireHealthyBackend } = spec;
  return { listenerId, port, securityPolicyId, serverGroupId, verify, requireHealthyBackend, certificates };
}

function firstDnsName(chainPem: string): string | null {
  const names = new X509Certificate(chainPem).subjectAltName?.split(", ") ?? [];
  const name = names.find((entry) => entry.startsWith("DNS:"))?.slice("DNS:".length);
  return name?.replace(/^\*/, WILDCARD_LABEL) ?? null;
}

/** Which certificates may answer to a name: several of a listener's may cover it. */
export function certificatesFor(serverName: string, certificates: readonly ExpectedCertificate[]): string[] {
  return certificates
    .filter(({ chainPem }) => new X509Certificate(chainPem).checkHost(serverName) !== undefined)
    .map(({ fingerprintSha256 }) => fingerprintSha256);
}
