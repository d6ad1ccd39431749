import { HOST_LAYOUT, messageOf, type ObservedAnswer } from "tls-offload-agent/contract";
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
      const sentences = [unitFlaw(status), program].filter((sentence) => sentence !== undefined);
      return sentences.length === 0 ? [] : [[host, sentences.join("; ")]];
    }),
  );
}

/** What of it the logins can mend. The rest is said: as drift it would be an update that changes nothing, every time. */
export function mendable(
  flaws: Readonly<Record<string, string>>,
  agents: Agents,
  log: ResourceLog,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flaws).filter(([host, drift]) => {
      const user = agents.get(host)?.limitedUser;
      if (user !== undefined) log.warning(messageOf("DRIFT_NEEDS_ROOT", `host ${host}`, { drift, user }));
      return user === undefined;
    }),
  );
}

function unitFlaw(status: HostStatus): string | undefined {
  if (status.status === "Unsupervised")
    return "its agent's supervisor is gone, and what dies is not started again";
  const state = "unit" in status ? status.unit?.state : undefined;
  return state === undefined || state === "as installed"
    ? undefined
    : `its systemd unit ${HOST_LAYOUT.unit} is ${state}`;
}
