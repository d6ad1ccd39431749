import { NodeSSH } from "node-ssh";
import type { Duplex } from "node:stream";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import { authHandlerFor, offered, type Login } from "./login";
import { publicKeyOf, type PublicKey } from "./host-key/public-key";
import { Link } from "./link";

export interface Handshake {
  /** Connected, or just connecting. */
  readonly socket: Duplex;
  readonly address: string;
  readonly port: number;
  /** "host edge-a" or "host edge-a: jump host". */
  readonly where: string;
  readonly login: Login;
  readonly hostKeyAlgorithms: readonly string[];
  /** null: it is the right one. */
  readonly judgeHostKey: (key: PublicKey) => OffloadError | null;
  /** 0: no limit. */
  readonly seconds: number;
}

const LOGIN_DISCONNECTS: readonly unknown[] = [/* TOO_MANY_AUTH */ 2, /* NO_MORE_AUTH_METHODS */ 14];

/**
 * The only place where node-ssh is used, because of what it does by itself: it accepts any host key, takes a
 * verifier's undefined for a yes, and leaves a connection without an error handler once it is up.
 */
export async function dial(handshake: Handshake): Promise<Link> {
  const { socket, login, seconds } = handshake;
  const ssh = new NodeSSH();
  let refusal: OffloadError | null | undefined;
  const dialing = ssh.connect({
    sock: socket,
    username: login.user,
    authHandler: authHandlerFor(login),
    readyTimeout: seconds * 1_000,
    keepaliveInterval: LIMITS.sshKeepAliveSeconds * 1_000,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: [...handshake.hostKeyAlgorithms] as never[] },
    hostVerifier: (blob: Buffer): boolean => {
      const key = publicKeyOf(blob);
      refusal =
        key === null
          ? handshakeFailed(handshake, "its host key cannot be read")
          : handshake.judgeHostKey(key);
      return refusal === null;
    },
  });
  const client = ssh.connection;
  const link = client === null ? null : new Link(client, socket);
  try {
    await dialing;
  } catch (error) {
    socket.destroy();
    throw refusal ?? explain(error as SshError, handshake);
  }
  // A connection whose host key nobody judged cannot be; if it ever is, it is not used.
  if (link === null || refusal !== null) {
    socket.destroy();
    throw handshakeFailed(handshake, "it showed no host key");
  }
  return link;
}

interface SshError extends NodeJS.ErrnoException {
  readonly level?: string;
}

function explain(error: SshError, handshake: Handshake): OffloadError {
  const { address, port, where, login, seconds } = handshake;
  if (
    error.level === "client-authentication" ||
    error.level === "agent" ||
    LOGIN_DISCONNECTS.includes(error.code)
  ) {
    const parameters = { address, port, user: login.user, tried: offered(login) };
    return new OffloadError("SSH_LOGIN_REFUSED", where, parameters, { cause: error });
  }
  if (error.level === "client-timeout")
    return unreachable(handshake, `no answer within ${Math.ceil(seconds)} s`);
  if (error.level === "client-socket" || error.code === "ETIMEDOUT" || /^Connection lost/.test(error.message))
    return unreachable(handshake, networkReason(error));
  return handshakeFailed(handshake, error.message);
}

function unreachable({ address, port, where }: Handshake, detail: string): OffloadError {
  return new OffloadError("SSH_UNREACHABLE", where, { address, port, detail });
}

function handshakeFailed({ address, port, where }: Handshake, detail: string): OffloadError {
  return new OffloadError("SSH_HANDSHAKE_FAILED", where, { address, port, detail });
}

function networkReason({ code, message }: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset",
    ETIMEDOUT: "no answer",
    EHOSTUNREACH: "no route to the host",
    ENETUNREACH: "no route to its network",
    EHOSTDOWN: "the host is down",
    ENOTFOUND: "its name cannot be resolved",
    EAI_AGAIN: "its name cannot be resolved just now",
  };
  return reasons[code ?? ""] ?? message;
}
