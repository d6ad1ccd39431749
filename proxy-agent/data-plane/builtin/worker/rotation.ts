export interface Rotated {
  readonly key: string;
  /** Above 0. */
  readonly weight: number;
}

/**
 * Smooth weighted round robin (as in nginx): in each run of as many turns as the weights sum up to, everyone gets
 * exactly its weight, spread out evenly. Credits are kept by key, so that a server that comes, goes or changes its
 * weight does not send the next connections of all to the first one again.
 */
export class Rotation {
  private credits = new Map<string, number>();

  next<Server extends Rotated>(servers: readonly Server[]): Server | undefined {
    let best: Server | undefined;
    let bestCredit = -Infinity;
    let total = 0;
    for (const server of servers) {
      const credit = (this.credits.get(server.key) ?? 0) + server.weight;
      this.credits.set(server.key, credit);
      total += server.weight;
      if (credit > bestCredit) {
        best = server;
        bestCredit = credit;
      }
    }
    if (best !== undefined) {
      this.credits.set(best.key, bestCredit - total);
    }
    return best;
  }

  /** Forgets all others. */
  keep(keys: ReadonlySet<string>): void {
    this.credits = new Map([...this.credits].filter(([key]) => keys.has(key)));
  }
}
