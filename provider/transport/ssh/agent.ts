import { OffloadError } from "tls-offload-agent/contract";
import type { AgentClient } from "../agent-client";
import { claimOnDisk } from "./install/install";
import { runRemove } from "./install/remove";
import { askFacts, clientOf, forget, look, lookAnew, type SshAgent } from "./look";
import { openSession } from "./pool";
import { mayBeRoot, requireUse } from "./root";
import { startAgent, superviseAgent } from "./start";

export type { SshAgent } from "./look";

/** The agent that is installed, started again if it died. null: there is none. */
export async function reviveAgent(agent: SshAgent): Promise<AgentClient | null> {
  const session = await openSession(agent.host, agent.connection, agent, "known");
  const survey = await look(agent, session);
  if (survey?.bundleSha256 === null) return null;
  const client = clientOf(agent, survey);
  const { facts } = await askFacts(client);
  // A login with a fixed command can start nothing: its client says who can.
  if (survey === null || (facts !== null && facts.supervised !== false)) return client;
  const now = await lookAnew(agent, session);
  if (now === null || now.bundleSha256 === null) return null;
  requireUse(agent.host, now);
  if (!mayBeRoot(now)) return clientOf(agent, now);
  const login = { session, survey: now, deadline: agent.deadline };
  return facts === null ? startAgent(agent, login, client) : superviseAgent(agent, login, client);
}

/** The agent that is installed, dead or alive. null: there is none. */
export async function lookForAgent(agent: SshAgent): Promise<AgentClient | null> {
  const session = await openSession(agent.host, agent.connection, agent, "known");
  const survey = await look(agent, session);
  return survey?.bundleSha256 === null ? null : clientOf(agent, survey);
}

/** Ends all of the agent's processes and removes all of it. Nothing there is fine; another load balancer's stays. */
export async function removeAgent(agent: SshAgent): Promise<void> {
  const { host, loadBalancerId, connection, log, deadline } = agent;
  const session = await openSession(host, connection, agent, "known");
  const survey = await lookAnew(agent, session);
  if (survey === null) {
    const parameters = { doing: "removing the agent", user: connection.user };
    throw new OffloadError("INSTALL_NEEDS_ROOT", `host ${host}`, parameters);
  }
  if (!survey.hasTraces) return;
  const login = { session, survey, deadline };
  const claim = (await claimOnDisk(login)) ?? loadBalancerId;
  if (claim !== loadBalancerId) {
    log.warning(`host ${host} belongs to ${claim} now: the agent there stays`);
    return;
  }
  log.progress(`host ${host}: removing the agent`);
  await runRemove(login);
  forget(session);
}
