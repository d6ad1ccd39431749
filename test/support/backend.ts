import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { onCleanup } from "./workspace";

/** A plain TCP server that names itself to HTTP clients and echoes everything else. */
export interface TestBackend {
  readonly name: string;
  readonly port: number;
}

export async function startBackend(name: string, address = "127.0.0.1"): Promise<TestBackend> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    socket.once("data", (first) => {
      if (first.toString("latin1", 0, 4) === "GET ") answer(socket, name);
      else echo(socket, first);
    });
  }).listen(0, address);
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("No TCP port");
  onCleanup(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return { name, port: bound.port };
}

function answer(socket: Socket, name: string): void {
  socket.end(
    `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-served-by: ${name}\r\ncontent-length: ${name.length}\r\n` +
      `connection: close\r\n\r\n${name}`,
  );
}

function echo(socket: Socket, first: Buffer): void {
  socket.write(first);
  socket.pipe(socket);
}
