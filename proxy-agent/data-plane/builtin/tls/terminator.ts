import { constants, createHash } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { OffloadError } from "../../../contract/errors";
import { LIMITS } from "../../../contract/limits";
import { SECURITY_POLICIES, type SecurityPolicy } from "../../../contract/security-policy";
import type { DataPlaneListener } from "../../interface";
import { readCertificate, type ServerCertificate } from "./certificate";
import { ciphersOf } from "./ciphers";
import { readServerName } from "./read-server-name";
import { ServerNames } from "./server-names";

export interface TerminatorEvents {
  readonly onSecure: (client: TLSSocket) => void;
  /** ECONNRESET: the client left before anything could fail. */
  readonly onFailed: (error: Error) => void;
}

/**
 * What ends TLS for one listener. It never changes: another certificate or policy is another terminator, because
 * tls.Server.setSecureContext drops versions, ALPN and ticket keys.
 */
export interface Terminator {
  readonly fingerprintsSha256: readonly string[];
  readonly unavailableCiphers: readonly string[];
  /** Equal for listeners that can share a terminator. */
  readonly identity: string;
  readonly watch: (events: TerminatorEvents) => void;
  readonly accept: (socket: Socket) => void;
}

/** Throws CERTIFICATE_UNUSABLE. */
export function createTerminator(listener: DataPlaneListener): Terminator {
  const policy = SECURITY_POLICIES[listener.securityPolicyId];
  const certificates = listener.certificates.map((each) => readCertificate(each, listener.id));
  const servers = certificates.map((certificate) => serverFor(listener, policy, certificate));
  let report: TerminatorEvents["onFailed"] = () => undefined;
  return {
    fingerprintsSha256: certificates.map((each) => each.fingerprintSha256),
    unavailableCiphers: ciphersOf(policy).unavailable,
    identity: terminatorIdentity(listener),
    watch: ({ onSecure, onFailed }) => {
      report = onFailed;
      for (const server of servers) {
        server.on("secureConnection", onSecure);
        server.on("tlsClientError", (error, client) => {
          // After its handshake timeout node:tls only reports, and leaves the client connected.
          client.destroy();
          onFailed(error);
        });
      }
    },
    accept: acceptWith(servers, certificates, (error) => {
      report(error);
    }),
  };
}

export function terminatorIdentity(listener: DataPlaneListener): string {
  const { id, certificates, securityPolicyId, alpnProtocols, ticketKeyBase64 } = listener;
  const parts = [id, certificates, securityPolicyId, alpnProtocols, ticketKeyBase64];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * With several certificates the name is read before TLS begins. Node's SNICallback only adds the chosen certificate
 * to the default one: with an RSA one beside an EC one OpenSSL would still send the EC one.
 */
function acceptWith(
  servers: readonly Server[],
  certificates: readonly ServerCertificate[],
  onFailed: TerminatorEvents["onFailed"],
): (socket: Socket) => void {
  const [first] = servers;
  if (servers.length === 1) {
    return (socket) => first?.emit("connection", socket);
  }
  const byName = new ServerNames<Server>();
  servers.forEach((server, index) => {
    byName.add(certificates[index]?.names ?? [], server);
  });
  return (socket) => {
    readServerName(socket, {
      onName: (name) => (byName.find(name) ?? first)?.emit("connection", socket),
      onFailed,
    });
  };
}

/** It listens nowhere: accepted sockets are given to it as "connection" events, which node:tls documents. */
function serverFor(
  listener: DataPlaneListener,
  policy: SecurityPolicy,
  certificate: ServerCertificate,
): Server {
  const options: TlsOptions = {
    cert: certificate.chainPem,
    key: certificate.keyPem,
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
    handshakeTimeout: LIMITS.handshakeSeconds * 1_000,
    ...(listener.alpnProtocols.length > 0 && { ALPNProtocols: listener.alpnProtocols }),
  };
  try {
    return createServer(options);
  } catch (error) {
    const detail = error instanceof Error ? error.message : "refused by OpenSSL";
    throw new OffloadError("CERTIFICATE_UNUSABLE", "", { objectId: listener.id, detail }, { cause: error });
  }
}
