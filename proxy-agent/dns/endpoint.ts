import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from "node:net";
import { LIMITS } from "../contract/limits";
import type { Transport } from "./respond";
import { serveConnection } from "./tcp";

export interface Endpoint {
  readonly address: string;
  /** 0: any port that is free for UDP and TCP alike. */
  readonly port: number;
}

export interface OpenEndpoint {
  /** With the real port. */
  readonly bound: Endpoint;
  close(): Promise<void>;
}

/** What an endpoint's sockets share with those of all the others. */
export interface EndpointHandlers {
  readonly respond: (query: Buffer, transport: Transport) => Buffer | null;
  /** All TCP connections of the process, for one cap. */
  readonly connections: Set<Socket>;
  readonly refused: () => void;
  /** A UDP query that is not answered, because too many answers wait already. */
  readonly dropped: () => void;
  readonly failed: (error: Error) => void;
}

export function keyOf(endpoint: Endpoint): string {
  return `${endpoint.address} ${endpoint.port}`;
}

/** Whether the kernel refuses to bind one while the other is bound: a wildcard takes the port on all addresses. */
export function overlap(one: Endpoint, other: Endpoint): boolean {
  const sameFamily = isIPv6(one.address) === isIPv6(other.address);
  const wildcard = [one.address, other.address].some((address) => address === "0.0.0.0" || address === "::");
  return one.port !== 0 && one.port === other.port && sameFamily && wildcard;
}

/** With port 0 the number that TCP got may be taken for UDP; then another one is tried. */
const FREE_PORT_TRIES = 20;

/** Binds UDP and TCP on one number, or neither. Throws Node's bind error. */
export async function openEndpoint(wanted: Endpoint, handlers: EndpointHandlers): Promise<OpenEndpoint> {
  for (let tries = 1; ; tries += 1) {
    const tcp = await listenTcp(wanted, handlers);
    const bound = { address: wanted.address, port: (tcp.address() as AddressInfo).port };
    try {
      const udp = await bindUdp(bound, handlers);
      return { bound, close: () => closeBoth(tcp, udp) };
    } catch (error) {
      await closeTcp(tcp);
      if (wanted.port !== 0 || tries === FREE_PORT_TRIES) {
        throw error;
      }
    }
  }
}

async function listenTcp(wanted: Endpoint, handlers: EndpointHandlers): Promise<Server> {
  const server = createServer((socket) => {
    if (handlers.connections.size >= LIMITS.dnsTcpConnections) {
      handlers.refused();
      socket.destroy();
      return;
    }
    handlers.connections.add(socket);
    socket.once("close", () => handlers.connections.delete(socket));
    serveConnection(socket, (query) => handlers.respond(query, "tcp"));
  });
  server.listen({ host: wanted.address, port: wanted.port, ipv6Only: true });
  await once(server, "listening");
  server.on("error", handlers.failed);
  return server;
}

async function bindUdp(wanted: Endpoint, handlers: EndpointHandlers): Promise<UdpSocket> {
  // Node answers ipv6Only on an IPv4 socket with EINVAL.
  const socket = createSocket(isIPv6(wanted.address) ? { type: "udp6", ipv6Only: true } : { type: "udp4" });
  try {
    socket.bind({ address: wanted.address, port: wanted.port, exclusive: true });
    await once(socket, "listening");
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on("error", handlers.failed);
  socket.on("message", (query, from) => {
    // Where queries come faster than the network takes answers, these would pile up in memory.
    if (socket.getSendQueueSize() > LIMITS.dnsUdpQueueBytes) {
      handlers.dropped();
      return;
    }
    // Nobody listens on port 0, and Node throws rather than send there.
    const response = from.port === 0 ? null : handlers.respond(query, "udp");
    if (response !== null) {
      // A response that cannot be sent is a lost one: the client asks again.
      socket.send(response, from.port, from.address, () => undefined);
    }
  });
  return socket;
}

async function closeBoth(tcp: Server, udp: UdpSocket): Promise<void> {
  await Promise.all([closeTcp(tcp), new Promise<void>((resolve) => udp.close(resolve))]);
}

/** Stops listening at once; connections end by themselves after their idle time. */
function closeTcp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close();
    resolve();
  });
}
