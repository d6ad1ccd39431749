import { OffloadError } from "../contract/errors";
import { LIMITS } from "../contract/limits";

export interface Turn {
  /** Milliseconds of the monotonic clock; undefined while the change is still being made. */
  deadline: number | undefined;
  /** Lets the next one in. May be called more than once. */
  readonly release: () => void;
}

interface Waiter {
  readonly start: () => void;
}

/** One change at a time, from its first step until it is confirmed or reverted. The others wait, not for ever. */
export class ChangeQueue {
  #current: { readonly holder: string; readonly turn: Turn } | undefined;
  readonly #waiters: Waiter[] = [];

  /** Throws BUSY after `waitSeconds`, or at once when the queue is full. `signal`: the client has gone away. */
  enter(holder: string, waitSeconds: number, signal: AbortSignal): Promise<Turn> {
    if (this.#current === undefined) {
      return Promise.resolve(this.#begin(holder));
    }
    if (signal.aborted || waitSeconds === 0 || this.#waiters.length >= LIMITS.waitingChanges) {
      return Promise.reject(this.#busy());
    }
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
      };
      const waiter: Waiter = {
        start: () => {
          settle();
          resolve(this.#begin(holder));
        },
      };
      const giveUp = (): void => {
        settle();
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(this.#busy());
      };
      const timer = setTimeout(giveUp, waitSeconds * 1_000);
      signal.addEventListener("abort", giveUp);
      this.#waiters.push(waiter);
    });
  }

  #begin(holder: string): Turn {
    const turn: Turn = {
      deadline: undefined,
      release: () => {
        if (this.#current?.turn === turn) {
          this.#current = undefined;
          this.#waiters.shift()?.start();
        }
      },
    };
    this.#current = { holder, turn };
    return turn;
  }

  #busy(): OffloadError {
    const { holder = "", turn } = this.#current ?? {};
    return new OffloadError("BUSY", "", { holder, secondsLeft: secondsUntil(turn?.deadline) });
  }
}

export function secondsUntil(deadline: number | undefined): number {
  return deadline === undefined ? 0 : Math.max(0, Math.ceil((deadline - performance.now()) / 1_000));
}
