import { createSocket } from "node:dgram";
import { connect, isIPv6, type Socket } from "node:net";

export interface DnsServerAddress {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
}

/** Takes the first message that `accept` does not answer with null. */
type Accept<Response> = (message: Buffer) => Response | null;

/**
 * One datagram to the server and its response. The socket is connected: the kernel drops whatever does not come
 * from the server's address and port, and reports at once that nobody listens there.
 */
export function exchangeUdp<Response>(
  server: DnsServerAddress,
  packet: Buffer,
  accept: Accept<Response>,
  timeoutMilliseconds: number,
): Promise<Response> {
  const socket = createSocket(isIPv6(server.address) ? "udp6" : "udp4");
  const response = new Promise<Response>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (message) => {
      const accepted = accept(message);
      if (accepted !== null) {
        resolve(accepted);
      }
    });
    socket.connect(server.port, server.address, () => {
      socket.send(packet, (error) => {
        if (error !== null) {
          reject(error);
        }
      });
    });
  });
  return within(response, timeoutMilliseconds, "no answer over UDP").finally(() => socket.close());
}

/** The same over TCP, where two bytes of length stand before each message (RFC 7766). */
export async function exchangeTcp<Response>(
  server: DnsServerAddress,
  packet: Buffer,
  accept: Accept<Response>,
  timeoutMilliseconds: number,
): Promise<Response> {
  const end = performance.now() + timeoutMilliseconds;
  const socket = await connectTcp(server, timeoutMilliseconds);
  return exchangeOver(socket, packet, accept, end - performance.now()).finally(() => socket.destroy());
}

/** Rejects when the server has certainly been sent nothing. */
export async function connectTcp(server: DnsServerAddress, timeoutMilliseconds: number): Promise<Socket> {
  const socket = connect(server.port, server.address);
  const connected = new Promise<Socket>((resolve, reject) => {
    socket.on("error", reject);
    socket.once("connect", () => {
      resolve(socket);
    });
  });
  try {
    return await within(connected, timeoutMilliseconds, "no connection over TCP");
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** One question and its response over a connection that has had none. The caller closes it. */
export function exchangeOver<Response>(
  socket: Socket,
  packet: Buffer,
  accept: Accept<Response>,
  timeoutMilliseconds: number,
): Promise<Response> {
  const response = new Promise<Response>((resolve, reject) => {
    let received = Buffer.alloc(0);
    socket.on("error", reject);
    socket.once("close", () => {
      reject(new Error("the connection was closed before the answer was complete"));
    });
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const message = firstMessage(received);
      const accepted = message === null ? null : accept(message);
      if (accepted !== null) {
        resolve(accepted);
      } else if (message !== null) {
        reject(new Error("the answer over TCP does not belong to the question"));
      }
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(packet.length, 0);
    socket.write(Buffer.concat([length, packet]));
  });
  return within(response, timeoutMilliseconds, "no answer over TCP");
}

function firstMessage(received: Buffer): Buffer | null {
  const end = received.length < 2 ? Infinity : 2 + received.readUInt16BE(0);
  return received.length < end ? null : received.subarray(2, end);
}

async function within<Result>(
  result: Promise<Result>,
  milliseconds: number,
  failure: string,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${failure} within ${(milliseconds / 1_000).toFixed(1)} s`;
    timer = setTimeout(() => {
      reject(new Error(message));
    }, milliseconds);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
