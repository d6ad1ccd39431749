import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import { normalize } from "./name";
import { queryServer, serverText, type QueryType, type ServerAnswer } from "./query";
import type { DnsServerAddress } from "./transport";

export interface ResolveQuery {
  /** Authoritative servers: for each name the first one that has its zone answers. */
  readonly servers: readonly DnsServerAddress[];
  readonly name: string;
  /** For each single question. Default 5. */
  readonly timeoutSeconds?: number;
}

export interface Resolved {
  /** The name itself first, then where each CNAME leads: ["www.example.test", "web.lb.example.test"]. */
  readonly chain: readonly string[];
  /** IPv4 and IPv6 addresses of the last name in the chain. */
  readonly addresses: readonly string[];
}

const DEFAULT_TIMEOUT_SECONDS = 5;

/**
 * Follows a name through its CNAMEs to addresses, without any resolver or cache in between. Throws DNS_NOT_RESOLVED
 * when it leads to no address, DNS_UNREACHABLE when no server answers.
 */
export async function resolveThrough(query: ResolveQuery): Promise<Resolved> {
  const chain = [normalize(query.name)];
  for (;;) {
    const name = chain.at(-1) ?? "";
    const [ipv4, ipv6] = await Promise.all([askAny(query, name, "A"), askAny(query, name, "AAAA")]);
    const answers = [...ipv4.answers, ...ipv6.answers];
    const addresses = answers
      .filter((answer) => answer.name === name && (answer.type === "A" || answer.type === "AAAA"))
      .map((answer) => answer.data);
    if (addresses.length > 0) {
      return { chain, addresses };
    }
    const alias = answers.find((answer) => answer.name === name && answer.type === "CNAME")?.data;
    if (alias === undefined) {
      throw unresolved(query, `${ipv4.rcode} for ${name}`);
    }
    if (chain.includes(alias) || chain.length > LIMITS.dnsCnameChain) {
      throw unresolved(query, `too many CNAMEs: ${[...chain, alias].join(" -> ")}`);
    }
    chain.push(alias);
  }
}

/** The texts of a name's TXT records, as the zone's own server has them now; empty: there are none. */
export async function readTxt(query: ResolveQuery): Promise<readonly string[]> {
  const name = normalize(query.name);
  const { answers } = await askAny(query, name, "TXT");
  return answers.filter((answer) => answer.name === name && answer.type === "TXT").map(({ data }) => data);
}

/** For messages: what a name server answered. */
export function textsSeen(texts: readonly string[]): string {
  return texts.length === 0 ? "no such record" : texts.map((text) => `"${text}"`).join(", ");
}

/** The first answer with authority; a server that answers without does not have the zone. */
async function askAny(query: ResolveQuery, name: string, type: QueryType): Promise<ServerAnswer> {
  const { servers, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = query;
  const refusals: string[] = [];
  const failures: unknown[] = [];
  for (const server of servers) {
    try {
      const answer = await queryServer({ ...server, name, type, timeoutSeconds });
      if (answer.authoritative) {
        return answer;
      }
      refusals.push(answer.rcode);
    } catch (error) {
      failures.push(error);
    }
  }
  if (refusals.length === 0 && failures[0] instanceof Error) {
    throw failures[0];
  }
  throw unresolved(query, `no server has a zone for ${name} (${refusals.join(", ") || "no server given"})`);
}

function unresolved({ name, servers }: ResolveQuery, detail: string): OffloadError {
  return new OffloadError("DNS_NOT_RESOLVED", "", {
    name,
    detail,
    servers: servers.map(serverText).join(", "),
  });
}
