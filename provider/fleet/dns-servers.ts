import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS, OffloadError, type ObservedAnswer } from "tls-offload-agent/contract";
import type { DnsServerAddress } from "../dns/transport";
import type { Target } from "../resource/hidden-input";
import { deadlineIn, type Deadline } from "./deadline";
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

/** Throws DNS_NOT_SERVED. */
export function requireDns({ loadBalancerId, dnsPort }: Target): number {
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
    const patience = deadlineIn(Math.min(LIMITS.dnsReadBackSeconds, deadline.remainingSeconds()));
    for (;;) {
      const failure = await read(server).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
      if (failure === null) break;
      if (patience.remainingSeconds() === 0) {
        if (failure instanceof Error) throw failure;
        const name = `${server.address} port ${server.port}`;
        const parameters = { server: name, seen: failure, type, fqdn, expected };
        throw new OffloadError("RECORD_NOT_SERVED", `host ${host}`, parameters);
      }
      await sleep(RETRY_SECONDS * 1_000);
    }
  }
}

export interface ReadBack {
  readonly servers: ReadonlyMap<string, DnsServerAddress>;
  readonly type: string;
  readonly fqdn: string;
  readonly expected: string;
  readonly deadline: Deadline;
}
