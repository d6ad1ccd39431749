import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { handshake } from "./handshakes";

/** Visitors who know a site by its name alone, each with a memory of its own for what the name led to. */
export interface NamedVisitors {
  /** So far. */
  readonly connectionsTo: (address: string) => number;
  /** Sends them home and tells how often they came, and each failure's reason, that of a look-up too. */
  readonly stop: () => Promise<{ readonly count: number; readonly failures: readonly string[] }>;
}

export interface NamedVisit {
  readonly name: string;
  /** The name servers to ask, "192.0.2.1:53"; each visitor begins with another one. */
  readonly servers: readonly string[];
  readonly port: number;
  readonly ca: string;
}

interface Memory {
  readonly addresses: readonly string[];
  readonly goodUntil: number;
}

const VISITORS = 6;
const PAUSE_MILLISECONDS = 50;

/**
 * Each opens one connection after the other, to the addresses in turn, and looks the name up again only when the
 * answer's time to live is over. Their first answers are of different ages, as those of resolvers are, so that one of
 * them looks soon, and another one has just looked, whatever happens to the name.
 */
export function startNamedVisitors({ name, servers, port, ca }: NamedVisit): NamedVisitors {
  let stopped = false;
  const counts = new Map<string, number>();
  const failures: string[] = [];
  const visitor = async (index: number): Promise<void> => {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    resolver.setServers([...servers.slice(index % servers.length), ...servers]);
    let memory = await lookUp(resolver, name, (index + 1) / VISITORS);
    for (let turn = index; !stopped; turn += 1) {
      if (performance.now() >= memory.goodUntil) memory = await lookUp(resolver, name, 1);
      const address = memory.addresses[turn % memory.addresses.length] ?? "nowhere";
      await handshake({ host: address, port, servername: name, ca }).catch((error: unknown) => {
        failures.push(`${address}: ${String(error)}`);
      });
      counts.set(address, (counts.get(address) ?? 0) + 1);
      await sleep(PAUSE_MILLISECONDS);
    }
  };
  const visitors = Array.from({ length: VISITORS }, (_, index) =>
    visitor(index).catch((error: unknown) => {
      failures.push(String(error));
    }),
  );
  return {
    connectionsTo: (address) => counts.get(address) ?? 0,
    stop: async () => {
      stopped = true;
      await Promise.all(visitors);
      return { count: [...counts.values()].reduce((sum, each) => sum + each, 0), failures };
    },
  };
}

/** @param left of the time to live, from 0 to 1 */
async function lookUp(resolver: Resolver, name: string, left: number): Promise<Memory> {
  const asked = performance.now();
  const records = await resolver.resolve4(name, { ttl: true });
  const seconds = Math.min(...records.map(({ ttl }) => ttl)) * left;
  return { addresses: records.map(({ address }) => address), goodUntil: asked + seconds * 1_000 };
}
