import { randomInt } from "node:crypto";
import { decode, encode, type DecodedPacket, type SoaAnswer, type StringAnswer } from "dns-packet";
import { exchangeUdp, type DnsServerAddress } from "../../../provider/dns/transport";

/** The authoritative server of each zone, by the zone's name. */
export type ZoneServers = Readonly<Record<string, DnsServerAddress>>;

/** What a name is known for. */
type Fact =
  | { readonly kind: "alias"; readonly target: string }
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "nothing" };

interface Known {
  readonly fact: Fact;
  /** Of the monotonic clock. */
  readonly untilMilliseconds: number;
}

const TRIES = 3;
const PATIENCE_MILLISECONDS = 2_000;
const CHAIN_MAX = 8;

/**
 * What stands between people and authoritative servers: each answer is kept for exactly its own TTL, CNAME and address
 * apart, and that there is none for as long as the SOA says (RFC 2308 5). IPv4 only.
 */
export class CachingResolver {
  readonly #known = new Map<string, Known>();

  constructor(private readonly servers: ZoneServers) {}

  /** null: there is no such name. Throws when no server answers: that is not kept. */
  async resolve(name: string): Promise<string | null> {
    let next = name;
    for (let links = 0; links < CHAIN_MAX; links += 1) {
      const fact = await this.#factOf(next);
      if (fact.kind === "nothing") return null;
      if (fact.kind === "addresses") return fact.addresses[randomInt(fact.addresses.length)] ?? null;
      next = fact.target;
    }
    throw new Error(`${name} leads on and on`);
  }

  /** Whether there is such a name, by what it still knows and else by what it is told, wherever the name leads. */
  async has(name: string): Promise<boolean> {
    return (await this.#factOf(name)).kind !== "nothing";
  }

  async #factOf(name: string): Promise<Fact> {
    const known = this.#known.get(name);
    if (known !== undefined && performance.now() < known.untilMilliseconds) return known.fact;
    const { fact, ttlSeconds } = factIn(await this.#ask(name), name);
    this.#known.set(name, { fact, untilMilliseconds: performance.now() + ttlSeconds * 1_000 });
    return fact;
  }

  async #ask(name: string): Promise<DecodedPacket> {
    const id = randomInt(0x1_0000);
    const packet = encode({ type: "query", id, questions: [{ name, type: "A" }] });
    const accept = (bytes: Buffer): DecodedPacket | null => {
      const response = decode(bytes);
      return response.id === id ? response : null;
    };
    for (let tries = 1; ; tries += 1) {
      try {
        return await exchangeUdp(this.#serverOf(name), packet, accept, PATIENCE_MILLISECONDS);
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  }

  #serverOf(name: string): DnsServerAddress {
    const zones = Object.keys(this.servers).filter((zone) => name === zone || name.endsWith(`.${zone}`));
    const closest = zones.sort((one, other) => other.length - one.length)[0] ?? "";
    const server = this.servers[closest];
    if (server === undefined) throw new Error(`nobody serves ${name}`);
    return server;
  }
}

function factIn(
  { rcode, answers = [], authorities = [] }: DecodedPacket & { readonly rcode?: string },
  name: string,
): { readonly fact: Fact; readonly ttlSeconds: number } {
  if (rcode !== "NOERROR" && rcode !== "NXDOMAIN") throw new Error(`${rcode ?? "no code"} for ${name}`);
  const own = (type: "A" | "CNAME"): StringAnswer[] =>
    answers.filter((answer): answer is StringAnswer => answer.name === name && answer.type === type);
  const [alias] = own("CNAME");
  if (alias !== undefined) return { fact: { kind: "alias", target: alias.data }, ttlSeconds: ttlOf([alias]) };
  const found = own("A");
  const addresses = found.map(({ data }) => data);
  if (found.length > 0) return { fact: { kind: "addresses", addresses }, ttlSeconds: ttlOf(found) };
  const soas = authorities.filter((answer): answer is SoaAnswer => answer.type === "SOA");
  const minimum = soas[0]?.data.minimum ?? 0;
  return { fact: { kind: "nothing" }, ttlSeconds: Math.min(minimum, ttlOf(soas)) };
}

function ttlOf(records: readonly (StringAnswer | SoaAnswer)[]): number {
  return Math.min(...records.map(({ ttl = 0 }) => ttl));
}
