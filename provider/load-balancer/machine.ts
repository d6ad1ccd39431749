import type { FactsAnswer } from "tls-offload-agent/contract";

/** Of a host's machine. Nothing in it changes by itself from one look to the next. */
export interface MachineStatus {
  /** How far the machine's clock is ahead of the deployer's, whole seconds; 0: not to speak of. */
  readonly clockSkewSeconds: number;
  /** How full the kernel's table of tracked connections is, in tens; 0: less than half, or there is none. */
  readonly conntrackUsePercent: number;
  /** Files and sockets that one process of the agent may have open. */
  readonly descriptorLimit?: number | undefined;
  readonly somaxconn?: number | undefined;
  readonly tcpMaxSynBacklog?: number | undefined;
  /** 0 off, 1 under pressure, 2 always. */
  readonly synCookies?: number | undefined;
  /** How many connections one backend can have from this host. */
  readonly ephemeralPorts?: number | undefined;
}

/** When the question left and the answer came, in milliseconds of Unix time here. */
export interface Asked {
  readonly atMs: number;
  readonly answeredMs: number;
}

/** A clock that is kept by NTP is well within; below it no clock is wrong in a way that anybody meets. */
const SKEW_SECONDS_MIN = 2;
/** A skew between two whole seconds would be another one at every look. */
const SKEW_STEP_SECONDS = 1;
/** Below half it says nothing, and changes with the traffic. */
const CONNTRACK_PERCENT_MIN = 50;

/** `before`: as it was last known. */
export function machineStatus(
  { timeMs, conntrack, ephemeralPorts, ...facts }: NonNullable<FactsAnswer["machine"]>,
  asked: Asked,
  before: MachineStatus | undefined,
): MachineStatus {
  const { descriptorLimit, somaxconn, tcpMaxSynBacklog, synCookies } = facts;
  return {
    clockSkewSeconds: skewSeconds(timeMs, asked, before?.clockSkewSeconds ?? 0),
    conntrackUsePercent: conntrack === null ? 0 : usePercent(conntrack),
    descriptorLimit,
    somaxconn,
    tcpMaxSynBacklog,
    synCookies,
    ephemeralPorts:
      ephemeralPorts === undefined ? undefined : Math.max(0, ephemeralPorts.high - ephemeralPorts.low + 1),
  };
}

/** The machine looked at its clock somewhere between question and answer: half of the way, give or take as much. */
function skewSeconds(timeMs: number, { atMs, answeredMs }: Asked, before: number): number {
  const uncertainSeconds = Math.max(0, answeredMs - atMs) / 2_000;
  const seconds = (timeMs - (atMs + answeredMs) / 2) / 1_000;
  if (before !== 0 && Math.abs(seconds - before) < SKEW_STEP_SECONDS + uncertainSeconds) return before;
  if (Math.abs(seconds) < SKEW_SECONDS_MIN + uncertainSeconds) return 0;
  return Math.round(seconds);
}

function usePercent({ count, max }: { count: number; max: number }): number {
  const percent = max > 0 ? Math.floor((10 * count) / max) * 10 : 0;
  return percent < CONNTRACK_PERCENT_MIN ? 0 : percent;
}
