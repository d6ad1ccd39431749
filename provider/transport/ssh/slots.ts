/** So many at once; others wait, first come first served. */
export class Slots {
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private limit: number) {}

  /** Answers how to give it back, which counts once; null: none was free in time. */
  async take(seconds: number): Promise<(() => void) | null> {
    if (this.#used < this.limit) this.#used += 1;
    else if (!(await this.#turn(seconds))) return null;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#used -= 1;
      this.#next();
    };
  }

  /** false: none is in use, so waiting would have no end. */
  shrinkToUsed(): boolean {
    if (this.#used === 0) return false;
    this.limit = Math.min(this.limit, this.#used);
    return true;
  }

  #turn(seconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        resolve(false);
      }, seconds * 1_000);
      this.#waiting.push(go);
    });
  }

  #next(): void {
    const go = this.#used < this.limit ? this.#waiting.shift() : undefined;
    if (go === undefined) return;
    this.#used += 1;
    go();
  }
}
