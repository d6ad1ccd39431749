import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { OffloadError } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import type { Deadline } from "../../fleet/deadline";
import type { Connection, Proxy } from "./connection";
import { loginFor } from "./credentials";
import { dial } from "./dial";
import { fingerprintOf } from "./host-key/public-key";
import { trustOf } from "./host-key/trust";
import { algorithmsFor, judge } from "./host-key/verdict";
import { PROHIBITED, type Link } from "./link";

interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
  /** Told of each connection that is begun, as "address:port". */
  readonly onDial: (place: string) => void;
  readonly jumpTo: (proxy: Proxy, where: string) => Promise<Link>;
}

/** One try to reach a machine and to log in to it: what to show and what to believe, the way there, the handshake. */
export async function reach(connection: Connection | Proxy, where: string, attempt: Attempt): Promise<Link> {
  attempt.deadline.check(`connecting to ${where}`);
  const [login, trust] = [await loginFor(connection, where), trustOf(connection, where)];
  const { host: address, port } = connection;
  // Never 0, which is no limit at all.
  const remaining = Math.max(0.1, attempt.deadline.remainingSeconds());
  const seconds = Math.min(connection.perDialTimeout || Infinity, remaining);
  const socket = await socketTo(connection, where, seconds, attempt);
  const place = { address, port, where };
  let warned = false;
  attempt.onDial(`${address}:${port}`);
  return dial({
    socket,
    ...place,
    login,
    seconds,
    hostKeyAlgorithms: algorithmsFor(trust, place),
    judgeHostKey: (seen) => {
      if (trust.kind === "anything" && !warned) {
        warned = true;
        const shown = `${seen.type} ${fingerprintOf(seen)}`;
        attempt.log.warning(`${where}: its host key ${shown} was not checked (\`insecureIgnoreHostKey\`)`);
      }
      return judge(trust, seen, place);
    },
  });
}

async function socketTo(
  connection: Connection | Proxy,
  where: string,
  seconds: number,
  attempt: Attempt,
): Promise<Duplex> {
  const { host, port } = connection;
  const proxy = "proxy" in connection ? connection.proxy : undefined;
  if (proxy === undefined) return connect({ host, port, noDelay: true });
  const jump = await linkToJumpHost(proxy, `${where}: jump host`, attempt);
  try {
    return await jump.forward(host, port, where, seconds);
  } catch (error) {
    throw throughJumpHost(error, connection);
  }
}

/** Several hosts may wait for the same try: each is told under its own name. */
async function linkToJumpHost(proxy: Proxy, where: string, attempt: Attempt): Promise<Link> {
  try {
    return await attempt.jumpTo(proxy, where);
  } catch (error) {
    if (!(error instanceof OffloadError) || error.where === where) throw error;
    throw new OffloadError(error.code, where, error.parameters, { cause: error });
  }
}

/** The jump host's sshd says in its own words that it could not connect: that is the host's failure. */
function throughJumpHost(error: unknown, { host: address, port }: Proxy): unknown {
  if (!(error instanceof OffloadError) || error.code !== "SSH_CHANNEL_REFUSED") return error;
  const { where, parameters } = error as OffloadError<"SSH_CHANNEL_REFUSED">;
  if (parameters.detail === PROHIBITED) return error;
  const detail = `the jump host says: ${parameters.detail}`;
  return new OffloadError("SSH_UNREACHABLE", where, { address, port, detail }, { cause: error });
}
