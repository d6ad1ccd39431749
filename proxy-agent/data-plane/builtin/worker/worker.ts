import type { TLSSocket } from "node:tls";
import { LIMITS } from "../../../contract/limits";
import type { HealthState } from "../../../contract/observed";
import type { ProbeRecord } from "../../../contract/probe";
import type { DataPlaneConfiguration, DataPlaneListener } from "../../interface";
import { endpointKey, problemOf, type ApplyProblem, type WorkerObserved } from "../messages";
import { createTerminator, terminatorIdentity } from "../tls/terminator";
import { Acceptor } from "./acceptor";
import { Connection } from "./connection";
import { Counters } from "./counters";
import { Listener, type Provisioned } from "./listener";
import { observeListeners } from "./observe";
import { ProbeWindow } from "./probe-window";
import { ServerGroup } from "./server-group";

export interface WorkerOptions {
  /** 0-based. */
  readonly index: number;
  readonly workers: number;
}

/** All that one worker serves. A change comes as provision, then commit or discard. */
export class Worker {
  readonly counters = new Counters();
  readonly probes = new ProbeWindow();
  private readonly acceptors = new Map<string, Acceptor>();
  private readonly listeners = new Map<string, Listener>();
  /** Removed, but not all of their connections have ended. */
  private readonly drainingListeners = new Set<Listener>();
  private readonly groups = new Map<string, ServerGroup>();
  private readonly connections = new Set<Connection>();
  private health: Record<string, HealthState> = {};
  private provisioned = new Map<string, Provisioned>();
  private coming: DataPlaneConfiguration | undefined;
  private openSockets = 0;
  private isOrphan = false;

  constructor(private readonly options: WorkerOptions) {}

  get isIdle(): boolean {
    // A backend may still be taking what a client that has closed had sent.
    return this.openSockets === 0 && this.connections.size === 0;
  }

  async listen(endpoint: string, handle: unknown): Promise<string> {
    const acceptor = new Acceptor();
    const errorCode = await acceptor.listen(handle);
    if (errorCode === "") {
      this.acceptors.set(endpoint, acceptor);
    }
    return errorCode;
  }

  provision(configuration: DataPlaneConfiguration): ApplyProblem[] {
    const problems: ApplyProblem[] = [];
    this.provisioned = new Map();
    this.coming = configuration;
    for (const listener of configuration.listeners) {
      try {
        this.provisioned.set(listener.id, {
          configuration: listener,
          terminator: this.terminatorFor(listener),
        });
      } catch (error) {
        problems.push(problemOf(listener.id, error));
      }
    }
    return problems;
  }

  commit(without: readonly string[], retire: boolean): void {
    const configuration = this.coming;
    if (configuration === undefined) {
      throw new Error("nothing was provisioned");
    }
    for (const group of configuration.groups) {
      this.groupOf(group.id).configure(group, this.health);
    }
    for (const [id, provisioned] of this.provisioned) {
      if (!without.includes(id)) {
        this.serve(id, provisioned);
      }
    }
    if (retire) {
      this.retire(configuration);
    }
    this.discard();
  }

  discard(): void {
    this.provisioned = new Map();
    this.coming = undefined;
    this.closeAcceptors((acceptor) => acceptor.listener === undefined);
  }

  setHealth(health: Record<string, HealthState>): void {
    this.health = health;
    for (const group of this.groups.values()) {
      group.setHealth(health);
    }
  }

  observe(): WorkerObserved {
    const listeners = [...this.listeners.values(), ...this.drainingListeners];
    return {
      listeners: observeListeners(listeners, this.acceptors, this.connections),
      groups: [...this.groups.values()].map((group) => group.observe()),
      drainSeconds: this.drainSecondsLeft(),
    };
  }

  /** Ends what has run out of time. */
  sweep(): void {
    const now = performance.now();
    for (const connection of this.connections) {
      connection.check(now);
    }
  }

  /** Nobody leads this worker any more: it takes no new connections and lets go of the ports. */
  retireAll(): void {
    this.isOrphan = true;
    this.closeAcceptors(() => true);
    for (const connection of this.connections) {
      connection.drain(LIMITS.retiredConnectionSeconds);
    }
  }

  private drainSecondsLeft(): number {
    const now = performance.now();
    let longest = 0;
    for (const connection of this.connections) {
      longest = Math.max(longest, connection.drainSecondsLeft(now));
    }
    return longest;
  }

  private terminatorFor(listener: DataPlaneListener) {
    const current = this.listeners.get(listener.id)?.terminator;
    return current?.identity === terminatorIdentity(listener) ? current : createTerminator(listener);
  }

  private groupOf(id: string): ServerGroup {
    const group = this.groups.get(id) ?? new ServerGroup(id, this.options.index);
    this.groups.set(id, group);
    return group;
  }

  private serve(id: string, provisioned: Provisioned): void {
    let listener = this.listeners.get(id);
    if (listener === undefined) {
      listener = this.createListener(provisioned);
      this.listeners.set(id, listener);
    } else {
      listener.configure(provisioned);
    }
    for (const endpoint of provisioned.configuration.endpoints) {
      this.acceptors.get(endpointKey(endpoint))?.route(listener);
    }
  }

  private createListener(provisioned: Provisioned): Listener {
    return new Listener({
      ...provisioned,
      counters: this.counters,
      share: 1 / this.options.workers,
      hasRoom: () => this.openSockets < LIMITS.connectionsPerWorker,
      onOpen: () => {
        this.openSockets += 1;
      },
      onClose: (listener) => {
        this.openSockets -= 1;
        if (listener.openSockets === 0) {
          this.drainingListeners.delete(listener);
        }
      },
      onSecure: (listener, client) => {
        this.begin(listener, client);
      },
    });
  }

  private begin(listener: Listener, client: TLSSocket): void {
    const { id, serverGroupId, idleTimeoutSeconds } = listener.configuration;
    const record: ProbeRecord = { listenerId: id, serverGroupId, serverId: null, state: "connecting" };
    this.probes.remember(client, record);
    const connection = new Connection({
      client,
      listenerId: id,
      group: this.groups.get(serverGroupId),
      idleTimeoutSeconds,
      record,
      counters: this.counters,
      onClosed: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
    // Its handshake was under way when its listener, or all of them, went.
    if (this.isOrphan) {
      connection.drain(LIMITS.retiredConnectionSeconds);
    } else if (this.drainingListeners.has(listener)) {
      connection.drain(drainSecondsOf(connection));
    }
  }

  private retire(configuration: DataPlaneConfiguration): void {
    const listenerIds = new Set(configuration.listeners.map((listener) => listener.id));
    for (const [id, listener] of this.listeners) {
      if (!listenerIds.has(id)) {
        this.listeners.delete(id);
        if (listener.openSockets > 0) {
          this.drainingListeners.add(listener);
        }
      }
    }
    const endpoints = new Set(
      [...this.listeners.values()].flatMap((listener) => listener.configuration.endpoints.map(endpointKey)),
    );
    this.closeAcceptors((_acceptor, endpoint) => !endpoints.has(endpoint));
    const groupIds = new Set(configuration.groups.map((group) => group.id));
    for (const connection of this.connections) {
      const { group, server, listenerId } = connection;
      if (group === undefined || !groupIds.has(group.id) || !listenerIds.has(listenerId)) {
        connection.drain(drainSecondsOf(connection));
      } else if (server !== undefined && !group.has(server.key)) {
        connection.leaveServer(drainSecondsOf(connection));
      }
    }
    for (const id of this.groups.keys()) {
      if (!groupIds.has(id)) {
        this.groups.delete(id);
      }
    }
  }

  private closeAcceptors(isUnused: (acceptor: Acceptor, endpoint: string) => boolean): void {
    for (const [endpoint, acceptor] of this.acceptors) {
      if (isUnused(acceptor, endpoint)) {
        acceptor.close();
        this.acceptors.delete(endpoint);
      }
    }
  }
}

function drainSecondsOf({ group }: Connection): number {
  return group?.drainTimeoutSeconds ?? LIMITS.retiredConnectionSeconds;
}
