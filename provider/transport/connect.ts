import { isDeepStrictEqual } from "node:util";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Deadline } from "../fleet/deadline";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "./agent-client";
import * as local from "./local/agent";
import { prepareAgent as prepareLocal } from "./local/prepare";
import type { Prepared } from "./prepared";
import * as ssh from "./ssh/agent";
import type { Connection } from "./ssh/connection";
import { prepareAgent as prepareOverSsh } from "./ssh/prepare";

/** revive: starts an installed agent that died. look: changes nothing. */
export type Approach = "revive" | "look";

interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** The one place that knows the ways in which a host of a load balancer can be reached. null: no agent is installed there. */
export async function connectAgent(
  target: Target,
  host: string,
  approach: Approach,
  attempt: Attempt,
): Promise<AgentClient | null> {
  const way = wayTo(target, host, attempt);
  return approach === "revive" ? way.revive() : way.look();
}

/**
 * The host, ready for the provider's agent. Throws whatever stands in the way; nothing on the host is changed.
 * `before`: the load balancer as it was. A host that is declared as before was there; any other may still be booting.
 */
export async function prepareHost(
  target: Target,
  host: string,
  before: Target | null,
  attempt: Attempt,
): Promise<Prepared> {
  const wasThere = isDeepStrictEqual(before?.hosts[host], target.hosts[host]);
  return wayTo(target, host, attempt).prepare(wasThere);
}

/** Stops the agent and removes what it left on the host. */
export async function disconnectAgent(target: Target, host: string, attempt: Attempt): Promise<void> {
  await wayTo(target, host, attempt).remove();
}

interface Way {
  readonly prepare: (wasThere: boolean) => Promise<Prepared>;
  readonly revive: () => Promise<AgentClient | null>;
  readonly look: () => Promise<AgentClient | null>;
  readonly remove: () => Promise<void>;
}

function wayTo(target: Target, host: string, attempt: Attempt): Way {
  const { loadBalancerId } = target;
  const { local: here, connection } = target.hosts[host] ?? {};
  if (here !== undefined) {
    const agent = { host, stateDir: here.stateDir, ...attempt };
    return {
      prepare: () => prepareLocal(agent, loadBalancerId),
      revive: () => local.reviveAgent(agent),
      look: () => local.lookForAgent(agent),
      remove: () => local.removeAgent(agent),
    };
  }
  // Declared hosts have one of the two: the schema sees to that.
  const agent = { host, loadBalancerId, connection: connection as Connection, ...attempt };
  return {
    prepare: (wasThere) => prepareOverSsh(agent, wasThere ? "known" : "born"),
    revive: () => ssh.reviveAgent(agent),
    look: () => ssh.lookForAgent(agent),
    remove: () => ssh.removeAgent(agent),
  };
}
