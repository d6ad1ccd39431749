import type { Target } from "../resource/hidden-input";

export interface HostsInOrder {
  readonly active: readonly string[];
  /** In Maintenance: skipped with a warning. */
  readonly skipped: readonly string[];
}

/** By name, so that two programs that change one load balancer take its hosts in one order. */
export function hostsInOrder(target: Target): HostsInOrder {
  const names = Object.keys(target.hosts).sort();
  const isActive = (name: string): boolean => target.hosts[name]?.status === "Active";
  return { active: names.filter(isActive), skipped: names.filter((name) => !isActive(name)) };
}

/**
 * The canary alone, then all others. The canary goes first even where nothing has to be verified: whoever has a
 * pending change on it is the one who may go on, so two programs cannot wait for each other.
 */
export function wavesOf(hosts: readonly string[]): readonly (readonly string[])[] {
  return [hosts.slice(0, 1), hosts.slice(1)].filter((wave) => wave.length > 0);
}

/** Of OFFLOAD_RELEASE_HOSTS="edge-a, edge-b" (hosts that are given up) and OFFLOAD_ADOPT_HOSTS. */
export function hostsNamedIn(setting: string | undefined): ReadonlySet<string> {
  const names = (setting ?? "").split(",").map((name) => name.trim());
  return new Set(names.filter((name) => name !== ""));
}
