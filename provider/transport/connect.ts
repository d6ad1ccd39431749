import type { ResourceLog } from "../engine-log/resource-log";
import type { Deadline } from "../fleet/deadline";
import type { TargetHost } from "../resource/hidden-input";
import type { AgentClient } from "./agent-client";
import * as local from "./local/agent";
import * as ssh from "./ssh/agent";
import type { Connection } from "./ssh/connection";

/** install: puts the provider's agent there. revive: starts an installed agent that died. look: changes nothing. */
export type Approach = "install" | "revive" | "look";

interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** The one place that knows the ways in which a host can be reached. null: no agent is installed there. */
export async function connectAgent(
  host: string,
  reachable: TargetHost,
  approach: Approach,
  attempt: Attempt,
): Promise<AgentClient | null> {
  const way = wayTo(host, reachable, attempt);
  switch (approach) {
    case "install":
      return way.install();
    case "revive":
      return way.revive();
    case "look":
      return way.look();
  }
}

/** Stops the agent and removes what it left on the host. */
export async function disconnectAgent(host: string, reachable: TargetHost, attempt: Attempt): Promise<void> {
  await wayTo(host, reachable, attempt).remove();
}

interface Way {
  readonly install: () => Promise<AgentClient>;
  readonly revive: () => Promise<AgentClient | null>;
  readonly look: () => Promise<AgentClient | null>;
  readonly remove: () => Promise<void>;
}

function wayTo(host: string, { local: here, connection }: TargetHost, attempt: Attempt): Way {
  if (here !== undefined) {
    const agent = { host, stateDir: here.stateDir, ...attempt };
    return {
      install: () => local.installAgent(agent),
      revive: () => local.reviveAgent(agent),
      look: () => local.lookForAgent(agent),
      remove: () => local.removeAgent(agent),
    };
  }
  // Declared hosts have one of the two: the schema sees to that.
  const agent = { host, connection: connection as Connection, ...attempt };
  return {
    install: () => ssh.installAgent(agent),
    revive: () => ssh.reviveAgent(agent),
    look: () => ssh.lookForAgent(agent),
    remove: () => ssh.removeAgent(agent),
  };
}
