import { isIPv6 } from "node:net";
import { LIMITS, type NameServer } from "tls-offload-agent/contract";
import type { LoadBalancerInputs } from "../load-balancer/schema";
import type { Target, TargetHost } from "../resource/hidden-input";

/**
 * With `dnsListen.public`, each host is a name server by a name of its own, whatever its status: others come and go
 * without a change to its records in the parent zone. undefined: the world is not sent to the hosts. Pure.
 */
export function nameServersOf(
  { dnsName, hosts }: Target,
  dnsListen: LoadBalancerInputs["dnsListen"],
): NameServer[] | undefined {
  if (dnsListen?.public !== true) return undefined;
  return Object.entries(hosts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, LIMITS.nameServersPerZone)
    .map(([host, reached]) => ({
      name: nameServerName(host, dnsName),
      addresses: addressesOf(reached, dnsListen.addresses ?? reached.bindAddresses),
    }));
}

/** "edge_a" of "web.example.com" is "edge-a.ns.web.example.com": hosts' names may have what a label cannot. */
export function nameServerName(host: string, dnsName: string): string {
  const label = host.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${label.replace(/-$/, "")}.ns.${dnsName}`;
}

/** Of some outside addresses those that are bound, by themselves or by a wildcard. */
export function boundAmong(addresses: readonly string[], bound: readonly string[]): string[] {
  return addresses.filter(
    (address) => bound.includes(address) || bound.includes(isIPv6(address) ? "::" : "0.0.0.0"),
  );
}

/** Where none is bound the host is behind NAT: it is asked at all of them. Their order means nothing. */
function addressesOf({ addresses }: TargetHost, bound: readonly string[]): string[] {
  const answering = boundAmong(addresses, bound);
  return (answering.length > 0 ? answering : [...addresses]).sort();
}
