import { constants, createHash } from "node:crypto";
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type SecureContextOptions,
  type Server,
  type TlsOptions,
} from "node:tls";
import { OffloadError } from "../../../contract/errors";
import { LIMITS } from "../../../contract/limits";
import { SECURITY_POLICIES, type SecurityPolicy } from "../../../contract/security-policy";
import type { DataPlaneListener } from "../../interface";
import { readCertificate, type ServerCertificate } from "./certificate";
import { ciphersOf } from "./ciphers";
import { ServerNames } from "./server-names";

/**
 * What ends TLS for one listener. It never changes: another certificate or policy is another terminator, because
 * tls.Server.setSecureContext drops versions, ALPN and ticket keys. Its server listens nowhere: accepted sockets
 * are given to it with `server.emit("connection", socket)`.
 */
export interface Terminator {
  readonly server: Server;
  readonly fingerprintsSha256: readonly string[];
  readonly unavailableCiphers: readonly string[];
  /** Equal for listeners that can share a terminator. */
  readonly identity: string;
}

/** Throws CERTIFICATE_UNUSABLE. */
export function createTerminator(listener: DataPlaneListener): Terminator {
  const policy = SECURITY_POLICIES[listener.securityPolicyId];
  const certificates = listener.certificates.map((each) => readCertificate(each, listener.id));
  try {
    const server = createServer({
      ...contextOptions(listener, policy),
      ...certificates.slice(0, 1).map(keyPair)[0],
      ...(listener.alpnProtocols.length > 0 && { ALPNProtocols: listener.alpnProtocols }),
      ...(certificates.length > 1 && { SNICallback: chooseByName(listener, policy, certificates) }),
      handshakeTimeout: LIMITS.handshakeSeconds * 1_000,
    });
    return {
      server,
      fingerprintsSha256: certificates.map((each) => each.fingerprintSha256),
      unavailableCiphers: ciphersOf(policy).unavailable,
      identity: terminatorIdentity(listener),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : "refused by OpenSSL";
    throw new OffloadError("CERTIFICATE_UNUSABLE", "", { objectId: listener.id, detail }, { cause: error });
  }
}

export function terminatorIdentity(listener: DataPlaneListener): string {
  const { id, certificates, securityPolicyId, alpnProtocols, ticketKeyBase64 } = listener;
  const parts = [id, certificates, securityPolicyId, alpnProtocols, ticketKeyBase64];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function chooseByName(
  listener: DataPlaneListener,
  policy: SecurityPolicy,
  certificates: readonly ServerCertificate[],
): NonNullable<TlsOptions["SNICallback"]> {
  const names = new ServerNames<SecureContext>();
  for (const certificate of certificates) {
    const context = createSecureContext({ ...contextOptions(listener, policy), ...keyPair(certificate) });
    names.add(certificate.names, context);
  }
  return (name, done) => {
    // No context means the server's own: the default certificate.
    done(null, names.find(name));
  };
}

function keyPair(certificate: ServerCertificate): { cert: string; key: string } {
  return { cert: certificate.chainPem, key: certificate.keyPem };
}

function contextOptions(listener: DataPlaneListener, policy: SecurityPolicy): SecureContextOptions {
  return {
    // Without `ca` each context would load all well-known roots.
    ca: [],
    minVersion: policy.versions[0] ?? "TLSv1.2",
    maxVersion: policy.versions.at(-1) ?? "TLSv1.3",
    ciphers: ciphersOf(policy).list,
    honorCipherOrder: true,
    ecdhCurve: policy.groups.join(":"),
    sigalgs: policy.signatureAlgorithms.join(":"),
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ticketKeys: Buffer.from(listener.ticketKeyBase64, "base64"),
    // Node's default is a hash of the command line, with which tickets would die at each upgrade.
    sessionIdContext: createHash("sha256").update(listener.id).digest("hex").slice(0, 32),
  };
}
