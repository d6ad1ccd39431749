import type { Document } from "tls-offload-agent/contract";
import { isKind, type HostView } from "../resource/operation";

/** What a host really does, compared with what its own document says; null: the same. */
export function listenerDrift(id: string, { document, observed }: HostView): string | null {
  const listener = document.objects[id];
  // Drained by hand: that is no mistake, and told with the host.
  if (!isKind(listener, "listener") || observed.drained === true) return null;
  const { spec } = listener;
  const live = observed.dataPlane.listeners.find(({ listenerId }) => listenerId === id);
  const bound = new Set(live?.bound.map(textOf));
  if (spec.status === "Stopped")
    return bound.size === 0 ? null : `${id} is stopped, and listens all the same`;
  if (observed.dataPlane.state === "down") return "the data plane is down";
  if (live === undefined || bound.size === 0) return `${id} is declared and not bound`;
  const unbound = bindAddressesOf(document)
    .map((address) => textOf({ address, port: spec.port }))
    .filter((endpoint) => !bound.has(endpoint));
  if (unbound.length > 0) return `${id} does not listen on ${unbound.join(", ")}`;
  if (!live.workersAgree) return `${id} is not served alike by all workers`;
  return (
    certificateDrift(id, fingerprintsOf(document, spec), live.fingerprintsSha256) ??
    differs(id, "security policy", live.securityPolicyId, spec.securityPolicyId) ??
    differs(id, "server group", live.serverGroupId, spec.serverGroupId)
  );
}

function certificateDrift(id: string, declared: readonly string[], served: readonly string[]): string | null {
  const [first, ...others] = declared;
  if (served[0] !== first) return differs(id, "certificate", served[0] ?? "none", first ?? "none");
  const missing = others.find((fingerprint) => !served.includes(fingerprint));
  if (missing !== undefined) return `${id} does not serve the additional certificate ${missing}`;
  const extra = served.find((fingerprint) => !declared.includes(fingerprint));
  return extra === undefined ? null : `${id} serves the certificate ${extra} too, which is not declared`;
}

function differs(id: string, what: string, served: string, declared: string): string | null {
  return served === declared ? null : `${id} serves the ${what} ${served}, declared is ${declared}`;
}

/** The default one first; what is not there is told of the document. */
function fingerprintsOf(
  { objects }: Document,
  spec: { readonly certificateId: string; readonly additionalCertificateIds: readonly string[] },
): string[] {
  return [spec.certificateId, ...spec.additionalCertificateIds].flatMap((id) => {
    const certificate = objects[id];
    return isKind(certificate, "certificate") ? [certificate.spec.fingerprintSha256] : [];
  });
}

function bindAddressesOf({ objects }: Document): string[] {
  return Object.values(objects).flatMap((object) =>
    isKind(object, "loadBalancer") ? object.spec.bindAddresses : [],
  );
}

function textOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address} port ${port}`;
}
