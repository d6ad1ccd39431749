import { isIPv6 } from "node:net";
import { LIMITS, type NameServer } from "tls-offload-agent/contract";
import type { LoadBalancerInputs } from "../load-balancer/schema";
import type { Target } from "../resource/hidden-input";
import { nameServersOf } from "./name-servers";

/** Among a load balancer's outputs; absent: the world is not sent to the hosts. */
export interface DelegationOutput {
  readonly delegation?: readonly string[];
}

export function delegationOutput(
  target: Target,
  dnsListen: LoadBalancerInputs["dnsListen"],
): DelegationOutput {
  const nameServers = nameServersOf(target, dnsListen);
  return nameServers === undefined ? {} : { delegation: delegationRecords(target.dnsName, nameServers) };
}

/** The lines of a zone file that send resolvers for `zone` to its name servers, glue included (RFC 1034 4.2.1). */
function delegationRecords(zone: string, nameServers: readonly NameServer[]): string[] {
  const ttl = LIMITS.nameServerTtlSeconds;
  return [
    ...nameServers.map(({ name }) => `${zone}. ${ttl} IN NS ${name}.`),
    ...nameServers.flatMap(({ name, addresses }) =>
      addresses.map((address) => `${name}. ${ttl} IN ${isIPv6(address) ? "AAAA" : "A"} ${address}`),
    ),
  ];
}
