import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { onCleanup } from "./workspace";

export interface ClientOptions extends ConnectionOptions {
  /** The socket stays open for writing when the server has ended its side. Passed on to net.Socket. */
  readonly allowHalfOpen?: boolean;
}

/** A client whose handshake is complete. Trust is not what these tests are about: the certificate is compared. */
export async function connectTls(port: number, options: ClientOptions = {}): Promise<TLSSocket> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
    ...options,
  });
  socket.setNoDelay(true);
  onCleanup(() => void socket.destroy());
  await once(socket, "secureConnect");
  // Whoever cares for an error waits for it; it must not end the test process.
  socket.on("error", () => undefined);
  return socket;
}

export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
  await once(socket, "end");
  return Buffer.concat(chunks);
}

/** Reads until there are that many bytes. */
export async function readBytes(socket: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const chunk = (socket.read() as Buffer | null) ?? undefined;
    if (chunk === undefined) {
      await once(socket, "readable");
    } else {
      chunks.push(chunk);
      length += chunk.length;
    }
  }
  return Buffer.concat(chunks);
}

export async function hashAll(socket: Socket): Promise<string> {
  const hash = createHash("sha256");
  socket.on("data", (chunk: Buffer) => hash.update(chunk)).resume();
  await once(socket, "end");
  return hash.digest("hex");
}

/** Respects back-pressure; does not end the socket. */
export async function writeAll(socket: Socket, chunks: Iterable<Buffer>): Promise<void> {
  for (const chunk of chunks) {
    if (!socket.write(chunk)) await once(socket, "drain");
  }
}

/** What `openssl s_client` prints, with nothing to say to the server. */
export async function sClient(port: number, args: readonly string[], input = ""): Promise<string> {
  const child = spawn("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stdin.on("error", () => undefined).end(input);
  await once(child, "close");
  return output;
}

/** What was negotiated; undefined: the handshake failed. */
export function negotiatedOf(output: string): { version: string; cipher: string } | undefined {
  const [, version = "", cipher = ""] = /^(?:New|Reused), (\S+), Cipher is (\S+)$/m.exec(output) ?? [];
  if (cipher === "" || cipher === "(NONE)") {
    return undefined;
  }
  return { version: /^ +Protocol *: (\S+)$/m.exec(output)?.[1] ?? version, cipher };
}
