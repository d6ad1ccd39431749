import { createHash } from "node:crypto";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import { deadlineIn, type Deadline } from "../../fleet/deadline";
import type { Connection, Proxy } from "./connection";
import { loginFor } from "./credentials";
import { dial } from "./dial";
import { fingerprintOf } from "./host-key/public-key";
import { trustOf } from "./host-key/trust";
import { algorithmsFor, judge } from "./host-key/verdict";
import { PROHIBITED, type Link } from "./link";
import { untilReached, type Patience } from "./retry";
import type { SshSession } from "./session";

interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** Everything that leads to one machine as one user: those who ask for the same share one connection. */
interface Route {
  readonly connection: Connection | Proxy;
  link: Link | null;
  /** One try that is under way. */
  trying: Promise<Link> | null;
  /** By the host's name: the same one for all operations, so that what is known of a host can be kept with it. */
  readonly sessions: Map<string, SshSession>;
}

const routes = new Map<string, Route>();
const dialCounts = new Map<string, number>();

/**
 * A session with the host, on the connection that this process has to it or else on a new one. The session outlives
 * that connection: a later operation on it connects again. Errors are SSH_*, `where` is the host or its jump host.
 */
export async function openSession(
  host: string,
  connection: Connection,
  attempt: Attempt,
  patience: Patience,
): Promise<SshSession> {
  const where = `host ${host}`;
  const link = (given: Attempt, how: Patience): Promise<Link> =>
    untilReached(() => linkTo(connection, where, given), how, connection.dialErrorLimit, given);
  await link(attempt, patience);
  const { sessions } = routeOf(connection);
  const known = sessions.get(host);
  if (known !== undefined) return known;
  const again = (seconds: number): Promise<Link> =>
    link({ log: attempt.log, deadline: deadlineIn(seconds) }, "known");
  const session: SshSession = {
    host,
    exec: async (command, options = {}) =>
      (await again(options.timeoutSeconds ?? LIMITS.sshCommandSeconds)).exec(command, where, options),
    stream: async (command) => (await again(LIMITS.sshCommandSeconds)).stream(command, where),
    forward: async (address, port) =>
      (await again(LIMITS.sshCommandSeconds)).forward(address, port, where, LIMITS.sshCommandSeconds),
  };
  sessions.set(host, session);
  return session;
}

/** Connections dialled by this process so far, by "address:port". */
export function dials(): ReadonlyMap<string, number> {
  return dialCounts;
}

/** Ends all connections of this process. */
export function closeSessions(): void {
  for (const { link } of routes.values()) link?.close();
  routes.clear();
}

/** One try, shared by all who ask meanwhile. */
function linkTo(connection: Connection | Proxy, where: string, attempt: Attempt): Promise<Link> {
  const route = routeOf(connection);
  if (route.link !== null && !route.link.lost) return Promise.resolve(route.link);
  route.trying ??= reach(route, where, attempt).finally(() => {
    route.trying = null;
  });
  return route.trying;
}

async function reach(route: Route, where: string, attempt: Attempt): Promise<Link> {
  const { connection } = route;
  attempt.deadline.check(`connecting to ${where}`);
  const [login, trust] = [await loginFor(connection, where), await trustOf(connection, where)];
  const { host: address, port } = connection;
  const seconds = Math.min(connection.perDialTimeout || Infinity, attempt.deadline.remainingSeconds());
  const socket = await socketTo(connection, where, seconds, attempt);
  const place = { address, port, where };
  let warned = false;
  count(`${address}:${port}`);
  const link = await dial({
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
  closeWhenIdle(link);
  route.link = link;
  return link;
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
    return await linkTo(proxy, where, attempt);
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

function closeWhenIdle(link: Link): void {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (link.idle) link.close();
    }, LIMITS.sshIdleSeconds * 1_000);
    timer.unref();
  };
  link.onIdle = look;
  look();
}

function routeOf(connection: Connection | Proxy): Route {
  const key = keyOf(connection);
  const existing = routes.get(key);
  if (existing !== undefined) return existing;
  const route: Route = { connection, link: null, trying: null, sessions: new Map() };
  routes.set(key, route);
  return route;
}

/** A digest, because secrets are part of it. How long to try is not. */
function keyOf(connection: Connection | Proxy): string {
  const decisive = JSON.stringify(connection, (name, value: unknown) =>
    name === "perDialTimeout" || name === "dialErrorLimit" ? undefined : value,
  );
  return createHash("sha256").update(decisive).digest("hex");
}

function count(place: string): void {
  dialCounts.set(place, (dialCounts.get(place) ?? 0) + 1);
}
