import type { ResourceLog } from "../engine-log/resource-log";
import type { Deadline } from "../fleet/deadline";
import type { TargetHost } from "../resource/hidden-input";
import type { AgentClient } from "./agent-client";
import { installAgent, removeAgent, reviveAgent } from "./local/agent";
import { localClient } from "./local/client";
import { hasAgent } from "./local/state-directory";

/** install: puts the provider's agent there. revive: starts an installed agent that died. look: changes nothing. */
export type Approach = "install" | "revive" | "look";

interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** The one place that knows the ways in which a host can be reached. null: no agent is installed there. */
export async function connectAgent(
  host: string,
  { local }: TargetHost,
  approach: Approach,
  attempt: Attempt,
): Promise<AgentClient | null> {
  const agent = { host, stateDir: local.stateDir, ...attempt };
  switch (approach) {
    case "install":
      return installAgent(agent);
    case "revive":
      return reviveAgent(agent);
    case "look":
      return (await hasAgent(local.stateDir)) ? localClient(host, local.stateDir) : null;
  }
}

/** Stops the agent and removes what it left on the host. */
export async function disconnectAgent(host: string, { local }: TargetHost, attempt: Attempt): Promise<void> {
  await removeAgent({ host, stateDir: local.stateDir, ...attempt });
}
