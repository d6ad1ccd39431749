import { OffloadError, type FactsAnswer } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import { deadlineIn, type Deadline } from "../../fleet/deadline";
import type { AgentClient } from "../agent-client";
import { dialCommand, sshClient } from "./client";
import type { Connection } from "./connection";
import { limitedClient, limitedUserOf } from "./limited";
import { openSession } from "./pool";
import type { SshSession } from "./session";
import { surveyHost, surveySeconds, type Survey } from "./survey";

/** Time for an answer to a question that a healthy agent answers at once, the start of dial-stdio included. */
const QUICK_SECONDS = 10;

export interface SshAgent {
  readonly host: string;
  /** Whose host it is to be. */
  readonly loadBalancerId: string;
  readonly connection: Connection;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** What was seen on a session counts for all operations on it, as long as there is an agent. */
const surveys = new WeakMap<SshSession, Survey | null>();

export async function look(agent: SshAgent, session: SshSession): Promise<Survey | null> {
  const known = surveys.get(session);
  return known === undefined || known?.bundleSha256 === null ? lookAnew(agent, session) : known;
}

export async function lookAnew({ deadline }: SshAgent, session: SshSession): Promise<Survey | null> {
  const survey = await surveyHost(session, surveySeconds(deadline.remainingSeconds()));
  surveys.set(session, survey);
  return survey;
}

/** After a change of what is there. */
export function forget(session: SshSession): void {
  surveys.delete(session);
}

export function clientOf({ host, connection, log }: SshAgent, survey: Survey | null): AgentClient {
  // The operation's own time may be over when a host is put back: each call has its own.
  const open = (seconds: number): Promise<SshSession> =>
    openSession(host, connection, { log, deadline: deadlineIn(seconds) }, "known");
  const client = sshClient(host, open, dialCommand(survey));
  const user = limitedUserOf(survey, connection);
  return user === undefined ? client : limitedClient(client, user);
}

export interface Asked {
  readonly facts: FactsAnswer | null;
  /** Why there are none. */
  readonly silence: string;
}

export const NO_AGENT: Asked = { facts: null, silence: "none is installed" };

/** No facts: no agent answers that this version understands. What is wrong with SSH itself is thrown. */
export async function askFacts(client: AgentClient): Promise<Asked> {
  try {
    return { facts: await client.call("facts", {}, { timeoutSeconds: QUICK_SECONDS }), silence: "" };
  } catch (error) {
    const silent: readonly string[] = ["AGENT_UNREACHABLE", "AGENT_NOT_STARTABLE", "INTERNAL", "NOT_FOUND"];
    if (!(error instanceof OffloadError) || !silent.includes(String(error.code))) throw error;
    const { detail = "" } = error.parameters as { detail?: string };
    return { facts: null, silence: detail };
  }
}
