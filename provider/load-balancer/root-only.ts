import { HOST_LAYOUT, isNewer, messageOf, type ObservedAnswer } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Agents } from "../fleet/reach";
import type { HostStatus } from "./status";

/** Of an agent's problems the one that no change through the agent mends. */
export const PROGRAM_EDITED = "AGENT_EDITED";

/** What is wrong with how hosts run their agents, which is mended by installing it again. Host name -> sentence. */
export function rootOnly(
  seen: Readonly<Record<string, HostStatus>>,
  observed: Readonly<Record<string, ObservedAnswer>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(seen).flatMap(([host, status]) => {
      const program = observed[host]?.problems.find(({ code }) => code === PROGRAM_EDITED)?.message;
      const flaws = [supervisorFlaw(status), unitFlaw(status), program];
      const sentences = flaws.filter((sentence) => sentence !== undefined);
      return sentences.length === 0 ? [] : [[host, sentences.join("; ")]];
    }),
  );
}

/** How hosts are met. */
interface Means {
  readonly seen: Readonly<Record<string, HostStatus>>;
  readonly agents: Agents;
  /** Version of the agent that the provider brings. */
  readonly own: string;
}

/**
 * What of it the logins, and this provider, can mend. The rest is said: as drift it would be an update that changes
 * nothing, every time.
 */
export function mendable(
  flaws: Readonly<Record<string, string>>,
  { seen, agents, own }: Means,
  log: ResourceLog,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flaws).filter(([host, drift]) => {
      const user = agents.get(host)?.limitedUser;
      const version = newerThan(own, seen[host]);
      if (user !== undefined) log.warning(messageOf("DRIFT_NEEDS_ROOT", `host ${host}`, { drift, user }));
      else if (version !== undefined)
        log.warning(messageOf("DRIFT_NEEDS_NEWER", `host ${host}`, { drift, version, own }));
      return user === undefined && version === undefined;
    }),
  );
}

/** The version of an agent that is not replaced by an older one; undefined: it is, or needs only to be started. */
function newerThan(own: string, status: HostStatus | undefined): string | undefined {
  if (status === undefined || !("agent" in status) || isStartable(status)) return undefined;
  return isNewer(status.agent, own) ? status.agent : undefined;
}

function isStartable(status: HostStatus): boolean {
  return status.status === "Unsupervised" && status.unit?.state !== "missing";
}

function supervisorFlaw({ status }: HostStatus): string | undefined {
  return status === "Unsupervised"
    ? "its agent's supervisor is gone, and what dies is not started again"
    : undefined;
}

function unitFlaw(status: HostStatus): string | undefined {
  const state = "unit" in status ? status.unit?.state : undefined;
  return state === undefined || state === "as installed"
    ? undefined
    : `its systemd unit ${HOST_LAYOUT.unit} is ${state}`;
}
