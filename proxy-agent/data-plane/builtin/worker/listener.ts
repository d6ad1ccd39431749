import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { errnoOf } from "../../../process/errno";
import type { DataPlaneListener } from "../../interface";
import type { Terminator } from "../tls/terminator";
import type { Counters } from "./counters";
import { RateLimit } from "./rate-limit";

export interface Provisioned {
  readonly configuration: DataPlaneListener;
  readonly terminator: Terminator;
}

export interface ListenerOptions extends Provisioned {
  readonly counters: Counters;
  /** The worker's part of a limit that holds for the whole host. */
  readonly share: number;
  /** False when the worker is full. */
  readonly hasRoom: () => boolean;
  readonly onSecure: (listener: Listener, client: TLSSocket) => void;
  readonly onOpen: () => void;
  readonly onClose: (listener: Listener) => void;
}

/** What a worker serves on the sockets of one listener. */
export class Listener {
  configuration: DataPlaneListener;
  terminator: Terminator;
  /** Accepted and not closed, those in the handshake included. */
  openSockets = 0;
  private rateLimit: RateLimit;

  constructor(private readonly options: ListenerOptions) {
    this.configuration = options.configuration;
    this.terminator = options.terminator;
    this.rateLimit = new RateLimit(options.configuration.connectionsPerSecond * options.share);
    this.watch(options.terminator);
  }

  /** For new connections; handshakes that are under way end with what they began with. */
  configure({ configuration, terminator }: Provisioned): void {
    if (configuration.connectionsPerSecond !== this.configuration.connectionsPerSecond) {
      this.rateLimit = new RateLimit(configuration.connectionsPerSecond * this.options.share);
    }
    this.configuration = configuration;
    if (terminator !== this.terminator) {
      this.terminator = terminator;
      this.watch(terminator);
    }
  }

  accept(socket: Socket): void {
    const { counters } = this.options;
    socket.on("error", ignore);
    if (!this.options.hasRoom()) {
      counters.refusedByConnectionLimit += 1;
      socket.destroy();
    } else if (!this.rateLimit.take()) {
      counters.refusedByRateLimit += 1;
      socket.destroy();
    } else {
      counters.connections += 1;
      this.openSockets += 1;
      this.options.onOpen();
      socket.once("close", () => {
        this.openSockets -= 1;
        this.options.onClose(this);
      });
      this.terminator.accept(socket);
    }
  }

  private watch(terminator: Terminator): void {
    const { counters } = this.options;
    terminator.watch({
      onSecure: (client) => {
        counters.handshakesOk += 1;
        counters.handshakesResumed += client.isSessionReused() ? 1 : 0;
        this.options.onSecure(this, client);
      },
      onFailed: (error) => {
        const code = errnoOf(error);
        if (code === "ERR_TLS_HANDSHAKE_TIMEOUT") {
          counters.handshakesTimedOut += 1;
        } else if (code !== "ECONNRESET") {
          // Who only looks whether the port is open has not failed at anything.
          counters.handshakesFailed += 1;
        }
      },
    });
  }
}

/** The TLS layer deals with errors; on the socket below it they only must not go unheard. */
function ignore(): void {
  return;
}
