/** A token bucket that holds one second's worth, at least one. `perSecond` of 0: no limit. */
export class RateLimit {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly perSecond: number,
    private readonly nowSeconds: () => number = () => performance.now() / 1_000,
  ) {
    this.tokens = this.size;
    this.filledAt = nowSeconds();
  }

  private get size(): number {
    return Math.max(1, this.perSecond);
  }

  take(): boolean {
    if (this.perSecond === 0) {
      return true;
    }
    const now = this.nowSeconds();
    this.tokens = Math.min(this.size, this.tokens + (now - this.filledAt) * this.perSecond);
    this.filledAt = now;
    if (this.tokens < 1) {
      return false;
    }
    this.tokens -= 1;
    return true;
  }
}
