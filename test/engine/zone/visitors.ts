import { setTimeout as sleep } from "node:timers/promises";
import { visit } from "../../../scripts/demo/visit";
import { CachingResolver, type ZoneServers } from "../../support/dns/caching-resolver";
import { onCleanup } from "../../support/workspace";

export const VISITORS = 8;
const STAGGER_MILLISECONDS = 250;
const PAUSE_MILLISECONDS = 200;

export interface Journey {
  readonly servers: ZoneServers;
  readonly name: string;
  readonly port: number;
  /** PEM: alone trusted. */
  readonly ca: string;
}

/** What visitors met since they were last asked. */
export interface Tally {
  /** New TLS connections on which a server answered, by the address where that was. */
  readonly visits: Readonly<Record<string, number>>;
  /** One line each: the name led there, and nobody answered as they should. */
  readonly failures: readonly string[];
  /** Times that somebody whom the name had led before found no such name, or nobody to ask: it is gone. */
  readonly lost: number;
  /** The same, though the name is there, or this one's resolver still has it: it leads nowhere. */
  readonly misled: number;
  /** Times that somebody whom the name had not led yet found no such name, or nobody to ask. */
  readonly early: number;
}

/**
 * People with a resolver each, who visit a site again and again, at a steady rate. Before the name is there, who finds
 * none leaves, and another one comes. They come one after the other, so that their resolvers ask at different times.
 */
export class Visitors {
  #stopped = false;
  #tally = emptyTally();
  readonly #led = new Set<number>();
  readonly #all: readonly Promise<void>[];

  constructor(private readonly journey: Journey) {
    this.#all = Array.from({ length: VISITORS }, (_, index) => this.#comeAgain(index));
    onCleanup(() => this.stop());
  }

  /** How many the name has led. */
  get led(): number {
    return this.#led.size;
  }

  /** From the beginning, or since the last time. */
  take(): Tally {
    const tally = this.#tally;
    this.#tally = emptyTally();
    return tally;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#all);
  }

  async #comeAgain(index: number): Promise<void> {
    const { servers, name } = this.journey;
    await sleep(index * STAGGER_MILLISECONDS);
    let resolver = new CachingResolver(servers);
    while (!this.#stopped) {
      const address = await resolver.resolve(name).catch(() => null);
      if (address !== null) {
        this.#led.add(index);
        await this.#visit(address);
      } else if (this.#led.has(index)) {
        this.#tally[(await this.#isThere(resolver)) ? "misled" : "lost"] += 1;
      } else {
        this.#tally.early += 1;
        resolver = new CachingResolver(servers);
        await sleep(VISITORS * STAGGER_MILLISECONDS - PAUSE_MILLISECONDS);
      }
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  /** To this one, or to somebody new. */
  async #isThere(resolver: CachingResolver): Promise<boolean> {
    const { servers, name } = this.journey;
    const has = [resolver, new CachingResolver(servers)].map((one) => one.has(name).catch(() => false));
    return (await Promise.all(has)).includes(true);
  }

  async #visit(address: string): Promise<void> {
    const { name, port, ca } = this.journey;
    const { visits, failures } = this.#tally;
    try {
      await visit(name, address, port, ca);
      visits[address] = (visits[address] ?? 0) + 1;
    } catch (error) {
      failures.push(`${address}: ${String(error)}`);
    }
  }
}

function emptyTally() {
  return { visits: {} as Record<string, number>, failures: [] as string[], lost: 0, misled: 0, early: 0 };
}
