import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { FactsAnswer } from "../../contract/facts";

type Machine = NonNullable<FactsAnswer["machine"]>;

/** The machine's own settings that bear on how much it can serve. What it does not tell is left out. */
export function machineFacts(): Machine {
  const [low, high] = read("/proc/sys/net/ipv4/ip_local_port_range").split(/\s+/).map(Number);
  const [count, max] = ["count", "max"].map((name) => number(`/proc/sys/net/netfilter/nf_conntrack_${name}`));
  return {
    timeMs: Date.now(),
    descriptorLimit: numberOf(/^Max open files\s+(\d+)/m.exec(read("/proc/self/limits"))?.[1]),
    somaxconn: number("/proc/sys/net/core/somaxconn"),
    tcpMaxSynBacklog: number("/proc/sys/net/ipv4/tcp_max_syn_backlog"),
    synCookies: number("/proc/sys/net/ipv4/tcp_syncookies"),
    conntrack: count === undefined || max === undefined ? null : { count, max },
    ...(low === undefined || high === undefined || Number.isNaN(low + high)
      ? {}
      : { ephemeralPorts: { low, high } }),
    hostname: hostname(),
    os: /^PRETTY_NAME="?(.*?)"?$/m.exec(read("/etc/os-release"))?.[1] ?? "",
  };
}

function number(file: string): number | undefined {
  return numberOf(read(file));
}

function numberOf(text = ""): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
