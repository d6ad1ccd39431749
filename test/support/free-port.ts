import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that the kernel gives to outgoing connections and to whoever asks for any
 * (net.ipv4.ip_local_port_range): a port of those may be taken before the test's own program comes to bind it.
 */
const [FIRST, LAST] = [20_000, 32_767] as const;
const TRIES = 100;

/** A port that nobody has, for TCP and UDP on any address, for what cannot be told to take any. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if ((await canListen(port)) && (await canBind(port))) return port;
  }
  throw new Error(`no port from ${FIRST} to ${LAST} is free`);
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  const listens = await once(server, "listening").then(
    () => true,
    () => false,
  );
  if (listens) await once(server.close(), "close");
  return listens;
}

async function canBind(port: number): Promise<boolean> {
  const socket = createSocket("udp4").bind(port);
  const binds = await once(socket, "listening").then(
    () => true,
    () => false,
  );
  await new Promise<void>((resolve) => socket.close(resolve));
  return binds;
}
