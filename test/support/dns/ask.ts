import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { onCleanup } from "../workspace";
import { questionPacket } from "./question";

interface Server {
  readonly address: string;
  readonly port: number;
}

const TIMEOUT_MILLISECONDS = 10_000;

/** Asks one server over UDP, packets as they are, one after the other. */
export class UdpClient {
  #lastId = 0;

  private constructor(
    private readonly socket: UdpSocket,
    private readonly server: Server,
  ) {}

  static open(server: Server): UdpClient {
    const socket = createSocket(server.address.includes(":") ? "udp6" : "udp4");
    onCleanup(() => {
      socket.close();
    });
    return new UdpClient(socket, server);
  }

  /** null: a query that was sent after the packet was answered, the packet was not. */
  async ask(packet: Buffer): Promise<Buffer | null> {
    const id = this.#nextId(packet);
    this.#send(packet);
    this.#send(questionPacket(id, { labels: ["after"], type: 1 }));
    let response: Buffer | null = null;
    for (;;) {
      const message = await this.#message();
      if (message.readUInt16BE(0) === id) return response;
      response ??= message;
    }
  }

  #send(packet: Buffer): void {
    this.socket.send(packet, this.server.port, this.server.address);
  }

  async #message(): Promise<Buffer> {
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const [message] = (await once(this.socket, "message", { signal })) as [Buffer];
    return message;
  }

  #nextId(packet: Buffer): number {
    this.#lastId = (this.#lastId + 1) % 0x1_0000;
    const taken = packet.length >= 2 ? packet.readUInt16BE(0) : -1;
    return this.#lastId === taken ? this.#nextId(packet) : this.#lastId;
  }
}

/** One query on a TCP connection of its own; null: the server closed it without a response. */
export async function askTcp(server: Server, packet: Buffer): Promise<Buffer | null> {
  const socket = connect({ host: server.address, port: server.port, noDelay: true });
  socket.setTimeout(TIMEOUT_MILLISECONDS, () => socket.destroy(new Error("no answer over TCP")));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  socket.write(Buffer.concat([length, packet]));
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        return received.subarray(2, 2 + received.readUInt16BE(0));
      }
    }
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ECONNRESET") return null;
    throw error;
  } finally {
    socket.destroy();
  }
}
