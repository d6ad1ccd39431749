import type { Target, TargetHost } from "../resource/hidden-input";

/** Hosts that are not in the load balancer any more. */
export function leavingHosts(target: Target, old: Target | null): string[] {
  return Object.keys(old?.hosts ?? {}).filter((host) => target.hosts[host] === undefined);
}

/** Hosts that leave, and of which another one takes over an address or the way to log in: often a mere new name. */
export function renamedHosts(target: Target, old: Target | null): string[] {
  const coming = Object.entries(target.hosts).flatMap(([name, host]) => {
    const before = old?.hosts[name];
    const had = before === undefined ? [] : marksOf(before);
    return marksOf(host).filter((mark) => !had.includes(mark));
  });
  return leavingHosts(target, old).filter((name) => {
    const host = old?.hosts[name];
    return host !== undefined && marksOf(host).some((mark) => coming.includes(mark));
  });
}

/** The load balancer together with hosts of what it was before. */
export function withHostsOf(old: Target | null, hosts: readonly string[], target: Target): Target {
  const more = Object.entries(old?.hosts ?? {}).filter(([host]) => hosts.includes(host));
  return { ...target, hosts: { ...target.hosts, ...Object.fromEntries(more) } };
}

/** What two machines do not have in common: many bind the wildcard address, or one that means nothing outside. */
function marksOf({ addresses, bindAddresses, local, connection }: TargetHost): string[] {
  // Agents of one machine share what it binds.
  const bound = local === undefined ? [] : bindAddresses.map((address) => `binds ${address}`);
  const place =
    connection === undefined
      ? []
      : [`ssh ${connection.host} ${connection.port} ${connection.proxy?.host ?? ""}`];
  return [...addresses, ...bound, ...place];
}
