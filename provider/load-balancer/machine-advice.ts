import { LIMITS } from "tls-offload-agent/contract";
import type { MachineStatus } from "./machine";

/** A certificate that was issued just now is not valid yet on such a host's clock, and logs do not fit together. */
const CLOCK_SKEW_SECONDS_MAX = 30;
/** A relayed connection takes two: 4,000 clients a worker are what one page with a few thousand readers brings. */
const DESCRIPTORS_MIN = 8_192;
/** Where a worker can hold its full number of connections. */
const DESCRIPTORS_FULL = 2 * LIMITS.connectionsPerWorker;
/** The kernel cuts each accept queue down to this: a burst of clients would wait for their own retries. */
const SOMAXCONN_MIN = LIMITS.backlog;
/** Matters without SYN cookies only: what does not fit is dropped. */
const SYN_BACKLOG_MIN = 1_024;
/** A full table drops new connections, and it fills with each connection that is tracked twice, to client and backend. */
const CONNTRACK_PERCENT_MAX = 80;
/** A worker with its full number of connections to one backend takes as many. */
const EPHEMERAL_PORTS_MIN = LIMITS.connectionsPerWorker;

/** What will hurt on a machine under load, in sentences for a person. */
export function machineAdvice(machine: MachineStatus): string[] {
  const { clockSkewSeconds, conntrackUsePercent, ephemeralPorts } = machine;
  const { descriptorLimit, somaxconn, tcpMaxSynBacklog, synCookies } = machine;
  const advice: string[] = [];
  if (Math.abs(clockSkewSeconds) > CLOCK_SKEW_SECONDS_MAX)
    advice.push(
      `its clock is ${Math.abs(clockSkewSeconds)} s ${clockSkewSeconds > 0 ? "ahead of" : "behind"} this machine's; let NTP keep both`,
    );
  if (isBelow(descriptorLimit, DESCRIPTORS_MIN))
    advice.push(
      `its agent may open ${descriptorLimit} descriptors a process, two a connection; raise the limit to ${DESCRIPTORS_FULL}`,
    );
  if (isBelow(somaxconn, SOMAXCONN_MIN))
    advice.push(
      `net.core.somaxconn is ${somaxconn}: bursts of new clients have to try again; set it to ${SOMAXCONN_MIN}`,
    );
  if (synCookies === 0 && isBelow(tcpMaxSynBacklog, SYN_BACKLOG_MIN))
    advice.push(
      `SYN cookies are off and net.ipv4.tcp_max_syn_backlog is ${tcpMaxSynBacklog}: set net.ipv4.tcp_syncookies to 1`,
    );
  if (conntrackUsePercent >= CONNTRACK_PERCENT_MAX)
    advice.push(
      `its table of tracked connections is ${conntrackUsePercent} % full, and drops new ones when it is; raise net.netfilter.nf_conntrack_max`,
    );
  if (isBelow(ephemeralPorts, EPHEMERAL_PORTS_MIN))
    advice.push(
      `net.ipv4.ip_local_port_range has ${ephemeralPorts} ports: one backend can have no more connections from it; widen it to ${EPHEMERAL_PORTS_MIN}`,
    );
  return advice;
}

function isBelow(value: number | undefined, minimum: number): value is number {
  return value !== undefined && value < minimum;
}
