import { HOST_LAYOUT, OffloadError } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "../transport/agent-client";
import { connectAgent, type Approach } from "../transport/connect";
import type { Deadline } from "./deadline";
import { hostsInOrder } from "./plan";
import { tellMaintenance } from "./silence";
import { together } from "./together";

export type Agents = ReadonlyMap<string, AgentClient>;

export interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** In the order of names. Those in Maintenance are told. */
export function activeHosts(target: Target, log: ResourceLog): readonly string[] {
  tellMaintenance(target, log);
  return hostsInOrder(target).active;
}

/** All Active hosts' agents, in the order of names. One that cannot be reached fails the whole, untouched. */
export async function reachAll(target: Target, approach: Approach, attempt: Attempt): Promise<Agents> {
  const active = activeHosts(target, attempt.log);
  const { agents, bare, failures } = await tryAll(target, active, approach, attempt);
  if (failures.size > 0) throw together("HOSTS_REFUSED", [...failures.values()], active.length);
  for (const host of bare) {
    const directory = target.hosts[host]?.local?.stateDir ?? HOST_LAYOUT.stateDir;
    throw new OffloadError("AGENT_MISSING", `host ${host}`, { directory });
  }
  return agents;
}

export interface Reached {
  readonly agents: Agents;
  /** Hosts that answer and have no agent. */
  readonly bare: readonly string[];
  readonly failures: ReadonlyMap<string, Error>;
}

/** Whom of these hosts can be reached; never throws. */
export async function tryAll(
  target: Target,
  hosts: readonly string[],
  approach: Approach,
  attempt: Attempt,
): Promise<Reached> {
  const agents = new Map<string, AgentClient>();
  const bare: string[] = [];
  const failures = new Map<string, Error>();
  const results = await Promise.all(
    hosts.map(async (host) => {
      if (target.hosts[host] === undefined) return null;
      return connectAgent(target, host, approach, attempt).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
    }),
  );
  for (const [index, host] of hosts.entries()) {
    const result = results[index] ?? null;
    if (result === null) bare.push(host);
    else if (result instanceof Error) failures.set(host, result);
    else agents.set(host, result);
  }
  return { agents, bare, failures };
}
