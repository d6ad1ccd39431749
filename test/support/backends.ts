import { createCipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { onCleanup } from "./workspace";

/** A plain TCP server that does with each connection what the test says. */
export class Backend {
  /** All that were ever accepted. */
  accepted = 0;
  readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(serve: (socket: Socket) => void, port = 0, address = "127.0.0.1"): Promise<Backend> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(port, address, 4_096);
    await once(server, "listening");
    const backend = new Backend(server, (server.address() as AddressInfo).port);
    server.on("connection", (socket) => {
      backend.accepted += 1;
      backend.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => backend.sockets.delete(socket));
      serve(socket);
    });
    onCleanup(() => backend.stop());
    return backend;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) {
      this.server.close();
      await once(this.server, "close");
    }
  }
}

export const echo = (socket: Socket): void => {
  socket.pipe(socket);
};

/** Says who it is, then ends its side when the client has ended its own. */
export const named =
  (name: string) =>
  (socket: Socket): void => {
    socket.write(`${name}\n`);
    socket.resume().once("end", () => socket.end());
  };

const CHUNK_BYTES = 256 * 1_024;

/** `bytes` that only look random, the same for the same seed, in chunks. */
export function* pseudoRandom(seed: string, bytes: number): Generator<Buffer> {
  const key = createHash("sha256").update(seed).digest();
  const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    yield cipher.update(Buffer.alloc(Math.min(left, CHUNK_BYTES)));
  }
}

export function sha256(chunks: Iterable<Buffer>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}
