/** Enough for every provider that may still be waiting for an answer. */
const REMEMBERED = 64;

/** Lately settled changes: whoever lost the answer may ask again and gets the same one. */
export class SettledChanges {
  readonly #changes = new Map<string, "confirmed" | "reverted">();

  add(changeId: string, how: "confirmed" | "reverted"): void {
    this.#changes.set(changeId, how);
    const [oldest] = this.#changes.keys();
    if (this.#changes.size > REMEMBERED && oldest !== undefined) {
      this.#changes.delete(oldest);
    }
  }

  was(changeId: string, how: "confirmed" | "reverted"): boolean {
    return this.#changes.get(changeId) === how;
  }
}
