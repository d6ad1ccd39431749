import { OffloadError } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import type { Deadline } from "../../fleet/deadline";
import type { AgentClient } from "../agent-client";
import type { Connection } from "./connection";

export interface SshAgent {
  readonly host: string;
  /** Whose host it is to be. */
  readonly loadBalancerId: string;
  readonly connection: Connection;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

export function installAgent(agent: SshAgent): Promise<AgentClient> {
  return notYet(agent);
}

export function reviveAgent(agent: SshAgent): Promise<AgentClient | null> {
  return notYet(agent);
}

export function lookForAgent(agent: SshAgent): Promise<AgentClient | null> {
  return notYet(agent);
}

export function removeAgent(agent: SshAgent): Promise<void> {
  return notYet(agent);
}

function notYet({ host, connection }: SshAgent): Promise<never> {
  const { host: address, port } = connection;
  const parameters = { address, port, detail: "hosts over SSH are being built" };
  return Promise.reject(new OffloadError("SSH_UNREACHABLE", `host ${host}`, parameters));
}
