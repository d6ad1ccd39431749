import { LIMITS, OffloadError, type ObservedAnswer } from "tls-offload-agent/contract";
import { serverText } from "../dns/query";
import type { DnsServerAddress } from "../dns/transport";
import type { Target } from "../resource/hidden-input";
import { poll, type Deadline } from "./deadline";
import type { Agents } from "./reach";

const RETRY_SECONDS = 0.2;
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Where each host's DNS server answers: its outside address, or what it is bound to where that is another. */
export async function dnsServersOf(target: Target, agents: Agents): Promise<Map<string, DnsServerAddress>> {
  const port = requireDns(target);
  const servers = new Map<string, DnsServerAddress>();
  for (const [host, agent] of agents) {
    const { dns } = await agent.call("observed", {});
    servers.set(host, { port, address: reachableAddress(target.hosts[host]?.addresses ?? [], dns) });
  }
  return servers;
}

function requireDns({ loadBalancerId, dnsPort }: Target): number {
  if (dnsPort === null) throw new OffloadError("DNS_NOT_SERVED", "", { loadBalancerId });
  return dnsPort;
}

function reachableAddress(outside: readonly string[], { bound }: ObservedAnswer["dns"]): string {
  const addresses = bound.map(({ address }) => address);
  const direct = outside.find((address) => addresses.includes(address));
  const [first] = addresses;
  if (direct !== undefined) return direct;
  return first === undefined || WILDCARDS.has(first) ? (outside[0] ?? "") : first;
}

/**
 * Asks each host's DNS server until it answers as expected. `read` answers what was seen, null: as expected.
 * Throws RECORD_NOT_SERVED, or why there was no answer.
 */
export async function readBack(
  { servers, type, fqdn, expected, deadline }: ReadBack,
  read: (server: DnsServerAddress) => Promise<string | null>,
): Promise<void> {
  for (const [host, server] of servers) {
    let seen: string | Error | null = null;
    const answered = await poll(
      async () => {
        seen = await read(server).catch((error: unknown) =>
          error instanceof Error ? error : new Error(String(error)),
        );
        return seen === null ? true : undefined;
      },
      { seconds: LIMITS.dnsReadBackSeconds, everySeconds: RETRY_SECONDS, deadline },
    );
    if (answered === true) continue;
    throw notServed(host, { server: serverText(server), type, fqdn, expected }, seen);
  }
}

function notServed(
  host: string,
  wanted: { server: string; type: string; fqdn: string; expected: string },
  seen: string | Error | null,
): Error {
  if (seen instanceof Error) return seen;
  return new OffloadError("RECORD_NOT_SERVED", `host ${host}`, { ...wanted, seen: seen ?? "nothing" });
}

export interface ReadBack {
  readonly servers: ReadonlyMap<string, DnsServerAddress>;
  readonly type: string;
  readonly fqdn: string;
  readonly expected: string;
  readonly deadline: Deadline;
}
