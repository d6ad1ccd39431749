import type { Document } from "../contract/document";
import type { Turn } from "./queue";

/** A change that is served already and waits to be confirmed. */
export class PendingChange {
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  constructor(
    readonly changeId: string,
    readonly holder: string,
    readonly document: Document,
    readonly turn: Turn,
  ) {}

  /**
   * Whether its time is over. Only the timer says so: it may fire a fraction of a millisecond before the clock
   * gets there, and nobody would ask again. False again once it was renewed.
   */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** In place of an earlier deadline. Timers run on the monotonic clock: setting the date changes no deadline. */
  arm(seconds: number, whenDue: () => void): void {
    this.disarm();
    this.turn.deadline = performance.now() + seconds * 1_000;
    this.#timer = setTimeout(() => {
      this.#isDue = true;
      whenDue();
    }, seconds * 1_000);
  }

  disarm(): void {
    clearTimeout(this.#timer);
    this.#isDue = false;
  }
}
