import { isDeepStrictEqual } from "node:util";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Deadline } from "../fleet/deadline";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "./agent-client";
import * as local from "./local/agent";
import * as ssh from "./ssh/agent";
import type { Connection } from "./ssh/connection";

/** install: puts the provider's agent there. revive: starts an installed agent that died. look: changes nothing. */
export type Approach = "install" | "revive" | "look";

interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
  /** The load balancer as it was. A host that is declared as before was there; any other may still be booting. */
  readonly before?: Target | null;
}

/** The one place that knows the ways in which a host of a load balancer can be reached. null: no agent is installed there. */
export async function connectAgent(
  target: Target,
  host: string,
  approach: Approach,
  attempt: Attempt,
): Promise<AgentClient | null> {
  const way = wayTo(target, host, attempt);
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
export async function disconnectAgent(target: Target, host: string, attempt: Attempt): Promise<void> {
  await wayTo(target, host, attempt).remove();
}

interface Way {
  readonly install: () => Promise<AgentClient>;
  readonly revive: () => Promise<AgentClient | null>;
  readonly look: () => Promise<AgentClient | null>;
  readonly remove: () => Promise<void>;
}

function wayTo(target: Target, host: string, { before, ...attempt }: Attempt): Way {
  const { local: here, connection } = target.hosts[host] ?? {};
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
  const { loadBalancerId } = target;
  const wasThere = isDeepStrictEqual(before?.hosts[host], target.hosts[host]);
  const agent = { host, loadBalancerId, connection: connection as Connection, ...attempt };
  return {
    install: () => ssh.installAgent(agent, wasThere ? "known" : "born"),
    revive: () => ssh.reviveAgent(agent),
    look: () => ssh.lookForAgent(agent),
    remove: () => ssh.removeAgent(agent),
  };
}
