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
  private held: Socket[] = [];
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
    for (const socket of this.held.splice(0)) {
      listener.accept(socket);
    }
  }

  /** Connections that were accepted go on. */
  close(): void {
    this.server.close();
    for (const socket of this.held.splice(0)) {
      socket.destroy();
    }
  }

  private accept(socket: Socket): void {
    if (this.target !== undefined) {
      this.target.accept(socket);
    } else if (this.held.length < LIMITS.backlog) {
      this.held.push(socket);
    } else {
      socket.destroy();
    }
  }
}
