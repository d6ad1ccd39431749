import { createServer, type Server, type Socket } from "node:net";
import { LIMITS } from "../../../contract/limits";
import { errnoOf } from "../../../process/errno";
import type { Listener } from "./listener";

/**
 * One listening socket, shared with the other workers. Until a commit routes it to a listener it holds what has
 * connected, so that a change which is given up never served anybody.
 */
export class Acceptor {
  private readonly server: Server;
  private readonly held = new Set<Socket>();
  private target: Listener | undefined;

  constructor() {
    this.server = createServer(
      {
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: LIMITS.keepAliveSeconds * 1_000,
      },
      (socket) => {
        this.accept(socket);
      },
    );
  }

  get listener(): Listener | undefined {
    return this.target;
  }

  /** How many are held. */
  get waiting(): number {
    return this.held.size;
  }

  /** Answers the system's error code; empty: it listens. */
  listen(handle: unknown): Promise<string> {
    return new Promise((resolve) => {
      this.server.once("error", (error) => {
        resolve(errnoOf(error) || error.message);
      });
      this.server.listen(handle, LIMITS.backlog, () => {
        this.server.removeAllListeners("error").on("error", () => undefined);
        resolve("");
      });
    });
  }

  route(listener: Listener): void {
    this.target = listener;
    for (const socket of this.letGo()) {
      listener.accept(socket);
    }
  }

  /** Connections that were accepted go on. */
  close(): void {
    this.server.close();
    for (const socket of this.letGo()) {
      socket.destroy();
    }
  }

  private accept(socket: Socket): void {
    if (this.target !== undefined) {
      this.target.accept(socket);
    } else if (this.waiting < LIMITS.backlog) {
      this.hold(socket);
    } else {
      socket.destroy();
    }
  }

  /** Who leaves in the meantime is forgotten: a closed socket never tells the listener that it has closed. */
  private hold(socket: Socket): void {
    this.held.add(socket);
    socket.once("close", () => this.held.delete(socket)).on("error", () => socket.destroy());
  }

  private letGo(): Socket[] {
    const sockets = [...this.held].filter((socket) => !socket.destroyed);
    this.held.clear();
    return sockets;
  }
}
