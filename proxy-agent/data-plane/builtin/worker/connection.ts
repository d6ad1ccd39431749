import { connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { LIMITS } from "../../../contract/limits";
import type { ProbeRecord } from "../../../contract/probe";
import type { Counters } from "./counters";
import { attachBackend, attachClient, onBackendBytes, startRelay } from "./relay";
import type { Server, ServerGroup } from "./server-group";

export interface ConnectionOptions {
  readonly client: TLSSocket;
  readonly listenerId: string;
  readonly group: ServerGroup | undefined;
  readonly idleTimeoutSeconds: number;
  readonly record: ProbeRecord;
  readonly counters: Counters;
  /** Both sides are closed. */
  readonly onClosed: (connection: Connection) => void;
}

/** One client after its handshake, and the backend that it talks to. What time does to it is decided in `check`. */
export class Connection {
  readonly client: TLSSocket;
  readonly listenerId: string;
  readonly group: ServerGroup | undefined;
  readonly counters: Counters;
  backend: Socket | undefined;
  server: Server | undefined;
  lastActivity = performance.now();
  /** When its drain clock runs out. */
  private endBy = Infinity;
  private phase: "connecting" | "relaying" | "closing" = "connecting";
  private phaseSince = performance.now();
  private readonly tried: Server[] = [];
  private readonly idleMilliseconds: number;
  private readonly record: ProbeRecord;
  private readonly onClosed: (connection: Connection) => void;

  constructor(options: ConnectionOptions) {
    this.client = options.client;
    this.listenerId = options.listenerId;
    this.group = options.group;
    this.counters = options.counters;
    this.idleMilliseconds = options.idleTimeoutSeconds * 1_000;
    this.record = options.record;
    this.onClosed = options.onClosed;
    // Not before: a client that leaves in the middle of the handshake shall be closed at once.
    this.client.allowHalfOpen = true;
    attachClient(this);
    this.connectNext();
  }

  /** Called several times a second: one sweep for all connections is cheaper than a timer for each. */
  check(now: number): void {
    if (this.phase === "closing") {
      if (now - this.phaseSince > LIMITS.closeGraceSeconds * 1_000) {
        this.destroy();
      }
    } else if (now >= this.endBy) {
      this.counters.endedByDrain += 1;
      this.end();
    } else if (this.phase === "connecting") {
      if (now - this.phaseSince > LIMITS.backendConnectSeconds * 1_000) {
        this.backend?.destroy(new Error("connect timed out"));
      }
    } else if (now - this.lastActivity > this.idleMilliseconds) {
      this.counters.endedIdle += 1;
      this.end();
    }
  }

  /** Ends it after that time at the latest. A clock that has started is never stopped. */
  drain(seconds: number): void {
    this.endBy = Math.min(this.endBy, performance.now() + seconds * 1_000);
  }

  /** How long its group's own drain setting still lets it go on; 0: it does not drain, or the group has no setting. */
  drainSecondsLeft(now: number): number {
    const isTimed = this.endBy < Infinity && (this.group?.drainTimeoutSeconds ?? null) !== null;
    return isTimed ? Math.max(0, (this.endBy - now) / 1_000) : 0;
  }

  /** Its server is no longer one of the group's: before a byte was sent it can still go to another one. */
  leaveServer(drainSeconds: number): void {
    if (this.phase === "connecting") {
      this.backend?.destroy(new Error("the server was removed"));
    } else {
      this.drain(drainSeconds);
    }
  }

  backendConnected(): void {
    if (this.phase === "connecting") {
      this.enter("relaying");
      this.record.state = "relaying";
      startRelay(this);
    }
  }

  backendClosed(hadError: boolean): void {
    if (this.phase === "connecting") {
      this.counters.backendConnectFailures += 1;
      this.connectNext();
      return;
    }
    // Without close_notify: a stream that an error cut off must not look whole.
    if (hadError && this.phase === "relaying") {
      this.counters.backendErrors += 1;
      this.enter("closing");
      this.client.destroy();
    }
    this.closeIfBothClosed();
  }

  clientClosed(hadError: boolean): void {
    if (hadError) {
      this.counters.clientErrors += 1;
    }
    const wasRelaying = this.phase === "relaying";
    if (this.phase === "connecting") {
      this.enter("closing");
    }
    if (hadError && wasRelaying) {
      this.backend?.resetAndDestroy();
    } else if (this.backend?.writableEnded === false) {
      // Where end() was called the backend may still be taking what the client had sent before it closed.
      this.backend.destroy();
    }
    this.closeIfBothClosed();
  }

  /** Tells both sides that it is over; `check` destroys what has not closed within the grace time. */
  private end(): void {
    const wasConnecting = this.phase === "connecting";
    this.enter("closing");
    this.client.end();
    this.client.resume();
    if (wasConnecting) {
      this.backend?.destroy();
    } else {
      this.backend?.end();
      this.backend?.resume();
    }
  }

  private connectNext(): void {
    const server = this.tried.length < LIMITS.backendTries ? this.group?.choose(this.tried) : undefined;
    this.server = server;
    this.record.serverId = server?.id ?? null;
    this.backend = undefined;
    if (server === undefined) {
      this.counters.noServerCloses += 1;
      this.end();
      this.record.state = "no-server";
      return;
    }
    this.tried.push(server);
    this.enter("connecting");
    this.backend = connect({
      host: server.ip,
      port: server.port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: LIMITS.keepAliveSeconds * 1_000,
      onread: onBackendBytes(this),
    });
    attachBackend(this, this.backend);
  }

  private destroy(): void {
    this.client.destroy();
    this.backend?.destroy();
  }

  private enter(phase: "connecting" | "relaying" | "closing"): void {
    this.phase = phase;
    this.phaseSince = performance.now();
    this.lastActivity = this.phaseSince;
  }

  private closeIfBothClosed(): void {
    if (this.client.closed && this.backend?.closed !== false) {
      this.record.state = this.record.state === "no-server" ? "no-server" : "ended";
      this.onClosed(this);
    }
  }
}
