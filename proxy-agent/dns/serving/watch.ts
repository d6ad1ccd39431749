import { LIMITS } from "../../contract/limits";
import { Gate } from "../../health/gate";
import { afterCheck, UNKNOWN, type ServerHealth } from "../../health/state";
import type { Counters } from "../counters";
import type { Endpoint } from "../endpoint";
import type { ProbeResult } from "./probe";

export interface ServingWatchOptions {
  readonly probe: (endpoint: Endpoint) => Promise<ProbeResult>;
  readonly counters: Counters;
  /** An address ceased to serve, or serves again. */
  readonly onTurn: (address: string) => void;
  /** From 0 to 1. Default Math.random: many hosts that were started at once shall not probe at once. */
  readonly random?: () => number;
}

/** What is known of an address from its probes. */
export interface ServingAddress {
  readonly address: string;
  readonly serves: boolean;
  /** Why the last probe failed; empty when it did not. */
  readonly detail: string;
}

interface Watched {
  readonly ports: readonly number[];
  health: ServerHealth;
  timer: NodeJS.Timeout | undefined;
}

/** It was verified before it came into the name, so it serves until probes tell otherwise. */
const NEW: ServerHealth = { ...UNKNOWN, state: "healthy" };
/** How far an interval may be off, for the same reason as the first probe's random start. */
const JITTER = 0.1;

/** Probes addresses all the time. One serves when TLS answers on every port. */
export class ServingWatch {
  readonly #options: ServingWatchOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #gate = new Gate(LIMITS.servingProbesInFlight);

  constructor(options: ServingWatchOptions) {
    this.#options = options;
  }

  /** In place of what was watched before. What is known of an address that stays is kept. */
  watch(addresses: readonly string[], ports: readonly number[]): void {
    const wanted = new Set(addresses);
    for (const [address, { timer }] of this.#watched) {
      if (!wanted.has(address)) {
        clearTimeout(timer);
        this.#watched.delete(address);
      }
    }
    for (const address of wanted) {
      this.#watchOne(address, ports);
    }
  }

  /** true as well of what is not watched. */
  serves(address: string): boolean {
    return this.#watched.get(address)?.health.state !== "unhealthy";
  }

  all(): ServingAddress[] {
    return [...this.#watched].map(([address, { health }]) => ({
      address,
      serves: this.serves(address),
      detail: health.detail,
    }));
  }

  stop(): void {
    this.watch([], []);
  }

  #watchOne(address: string, ports: readonly number[]): void {
    const known = this.#watched.get(address);
    if (JSON.stringify(known?.ports) === JSON.stringify(ports)) return;
    clearTimeout(known?.timer);
    const watched: Watched = { ports, health: known?.health ?? NEW, timer: undefined };
    this.#watched.set(address, watched);
    this.#later(address, watched, LIMITS.servingProbeSeconds * this.#random());
  }

  #later(address: string, watched: Watched, seconds: number): void {
    watched.timer = setTimeout(() => void this.#look(address, watched), Math.max(seconds, 0) * 1_000);
  }

  /** One probe of each port and, from its start on, the wait for the next. */
  async #look(address: string, watched: Watched): Promise<void> {
    const started = performance.now();
    const isCurrent = (): boolean => this.#watched.get(address) === watched;
    const probes = watched.ports.map((port) => this.#probe({ address, port }, isCurrent));
    const result = together(await Promise.all(probes));
    if (!isCurrent()) return;
    const interval = LIMITS.servingProbeSeconds * (1 + JITTER * (2 * this.#random() - 1));
    this.#later(address, watched, interval - (performance.now() - started) / 1_000);
    if (result !== null) this.#take(address, watched, result);
  }

  #take(address: string, watched: Watched, detail: string): void {
    const before = watched.health.state;
    watched.health = afterCheck(watched.health, detail, {
      healthyThreshold: LIMITS.servingSuccesses,
      unhealthyThreshold: LIMITS.servingFailures,
    });
    if (watched.health.state === before) return;
    this.#options.counters.add("serving_turns");
    this.#options.onTurn(address);
  }

  async #probe(endpoint: Endpoint, isCurrent: () => boolean): Promise<ProbeResult> {
    const { probe, counters } = this.#options;
    await this.#gate.enter();
    try {
      if (!isCurrent()) return null;
      const result = await probe(endpoint);
      counters.add("probes");
      if (result === null) counters.add("probes_undecided");
      if (result === null || result === "") return result;
      counters.add("probes_failed");
      return `port ${endpoint.port}: ${result}`;
    } finally {
      this.#gate.leave();
    }
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }
}

/** One port that fails is enough; without, one that tells nothing leaves it open. */
function together(results: readonly ProbeResult[]): ProbeResult {
  const failure = results.find((result) => result !== null && result !== "");
  return failure ?? (results.includes(null) ? null : "");
}
