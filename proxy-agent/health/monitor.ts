import type { HealthState } from "../contract/observed";
import type { SpecOf } from "../contract/object";
import { LIMITS } from "../contract/limits";
import { Gate } from "./gate";
import { afterCheck, UNKNOWN, type ServerHealth } from "./state";
import { tcpCheck, type CheckAddress } from "./tcp-check";

export interface Target extends CheckAddress {
  /** One server of one group: data-plane/interface.ts healthKey. */
  readonly key: string;
  /** null: health checks are off. */
  readonly check: SpecOf<"serverGroup">["healthCheck"];
}

interface Watched {
  target: Target;
  health: ServerHealth;
  timer: NodeJS.Timeout | undefined;
}

/** Checks servers all the time. What it knows of a server stays for as long as the server stays. */
export class HealthMonitor {
  readonly #watched = new Map<string, Watched>();
  readonly #gate = new Gate(LIMITS.healthChecksInFlight);
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Replaces the set of servers. New ones are checked at once. */
  watch(targets: readonly Target[]): void {
    const keys = new Set(targets.map(({ key }) => key));
    for (const [key, watched] of this.#watched) {
      if (!keys.has(key)) {
        clearTimeout(watched.timer);
        this.#watched.delete(key);
      }
    }
    for (const target of targets) {
      this.#watchOne(target);
    }
    this.#onChange();
  }

  get(key: string): ServerHealth {
    return this.#watched.get(key)?.health ?? UNKNOWN;
  }

  /** What is known: after a restart the data plane goes on with what it knew of the others. */
  states(): Record<string, HealthState> {
    const known = [...this.#watched].filter(([, { health }]) => health.state !== "unknown");
    return Object.fromEntries(known.map(([key, { health }]) => [key, health.state]));
  }

  stop(): void {
    this.watch([]);
  }

  #watchOne(target: Target): void {
    const known = this.#watched.get(target.key);
    if (known !== undefined && JSON.stringify(known.target) === JSON.stringify(target)) {
      return;
    }
    const { everHealthy } = known?.health ?? UNKNOWN;
    const watched = known ?? { target, health: UNKNOWN, timer: undefined };
    clearTimeout(watched.timer);
    watched.target = target;
    this.#watched.set(target.key, watched);
    if (target.check === null) {
      watched.health = { ...UNKNOWN, state: "unchecked", everHealthy };
    } else {
      void this.#check(watched, target);
    }
  }

  /** One check and, from its start on, the wait for the next. */
  async #check(watched: Watched, target: Target): Promise<void> {
    const { check } = target;
    if (check === null) {
      return;
    }
    await this.#gate.enter();
    const started = performance.now();
    let detail: string;
    try {
      const address = { ip: target.ip, port: check.port === 0 ? target.port : check.port };
      detail = this.#isCurrent(watched, target) ? await tcpCheck(address, check.connectTimeoutSeconds) : "";
    } finally {
      this.#gate.leave();
    }
    if (!this.#isCurrent(watched, target)) {
      return;
    }
    const before = watched.health.state;
    watched.health = afterCheck(watched.health, detail, check);
    const wait = check.intervalSeconds * 1_000 - (performance.now() - started);
    watched.timer = setTimeout(() => void this.#check(watched, target), Math.max(wait, 0));
    if (watched.health.state !== before) {
      this.#onChange();
    }
  }

  #isCurrent(watched: Watched, target: Target): boolean {
    return this.#watched.get(target.key) === watched && watched.target === target;
  }
}
