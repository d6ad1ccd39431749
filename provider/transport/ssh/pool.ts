import { createHash } from "node:crypto";
import { LIMITS } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import { deadlineIn, type Deadline } from "../../fleet/deadline";
import type { Connection, Proxy } from "./connection";
import type { Link } from "./link";
import { reach } from "./reach";
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
}

const routes = new Map<string, Route>();
const dialCounts = new Map<string, number>();

/** One session a connection and host name, so that what belongs to it can be kept by it. */
const sessions = new WeakMap<Link, Map<string, SshSession>>();

/**
 * The session with the host on the connection that this process has to it, or else on a new one: the same object for
 * as long as that connection lives. Used after that, it connects again. Errors are SSH_*, `where` is the host or its
 * jump host.
 */
export async function openSession(
  host: string,
  connection: Connection,
  attempt: Attempt,
  patience: Patience,
): Promise<SshSession> {
  const link = await linkWithin(host, connection, attempt, patience);
  const ofLink = sessions.get(link) ?? new Map<string, SshSession>();
  sessions.set(link, ofLink);
  const session = ofLink.get(host) ?? sessionOf(host, connection, attempt.log);
  ofLink.set(host, session);
  return session;
}

function sessionOf(host: string, connection: Connection, log: ResourceLog): SshSession {
  const where = `host ${host}`;
  const again = (seconds: number): Promise<Link> =>
    linkWithin(host, connection, { log, deadline: deadlineIn(seconds) }, "known");
  const usual = LIMITS.sshCommandSeconds;
  return {
    host,
    exec: async (command, options = {}) =>
      (await again(options.timeoutSeconds ?? usual)).exec(command, where, options),
    stream: async (command) => (await again(usual)).stream(command, where),
    forward: async (address, port) => (await again(usual)).forward(address, port, where, usual),
  };
}

function linkWithin(
  host: string,
  connection: Connection,
  attempt: Attempt,
  patience: Patience,
): Promise<Link> {
  const reachOnce = (): Promise<Link> => linkTo(connection, `host ${host}`, attempt);
  return untilReached(reachOnce, patience, connection.dialErrorLimit, attempt);
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
  route.trying ??= dialRoute(route, where, attempt).finally(() => {
    route.trying = null;
  });
  return route.trying;
}

async function dialRoute(route: Route, where: string, attempt: Attempt): Promise<Link> {
  const link = await reach(route.connection, where, {
    ...attempt,
    onDial: count,
    jumpTo: (proxy, its) => linkTo(proxy, its, attempt),
  });
  closeWhenIdle(link);
  route.link = link;
  return link;
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
  const route: Route = { connection, link: null, trying: null };
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
