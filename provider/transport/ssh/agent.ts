import { HOST_LAYOUT, LIMITS, messageOf, OffloadError, type FactsAnswer } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import { deadlineIn, poll, type Deadline } from "../../fleet/deadline";
import type { AgentClient } from "../agent-client";
import { carriedBundle } from "../local/bundle";
import { isServing } from "../local/serving";
import { dialCommand, LOG_PLACE, sshClient } from "./client";
import type { Connection } from "./connection";
import { claimOnDisk, install } from "./install/install";
import { planInstall } from "./install/plan";
import { runRemove } from "./install/remove";
import { openSession } from "./pool";
import type { Patience } from "./retry";
import { asRoot, type RootLogin } from "./root";
import type { SshSession } from "./session";
import { surveyHost, surveySeconds, type Survey } from "./survey";

/** Time for an answer to a question that a healthy agent answers at once, the start of dial-stdio included. */
const QUICK_SECONDS = 10;
const POLL_SECONDS = 0.2;

export interface SshAgent {
  readonly host: string;
  /** Whose host it is to be. */
  readonly loadBalancerId: string;
  readonly connection: Connection;
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** Installs and starts the agent, or finds it again, and brings it up to this provider's version. */
export async function installAgent(agent: SshAgent, patience: Patience = "born"): Promise<AgentClient> {
  const { host, loadBalancerId, log, deadline } = agent;
  const session = await openSession(host, agent.connection, agent, patience);
  const survey = await lookAnew(agent, session);
  const client = clientOf(agent, survey);
  const { facts, silence } = survey?.bundleSha256 === null ? NO_AGENT : await askFacts(client);
  const bundle = await carriedBundle();
  const user = survey?.user ?? agent.connection.user;
  const plan = planInstall({ host, loadBalancerId, user, survey, facts, silence, bundle });
  if (plan.kind === "keep") {
    const [version, own] = [facts?.agentVersion ?? "", bundle.version];
    if (plan.because === "newer") log.warning(messageOf("AGENT_NEWER", `host ${host}`, { version, own }));
    if (plan.because === "no root")
      log.warning(messageOf("AGENT_OLDER", `host ${host}`, { version, own, user }));
    return client;
  }
  const login = { session, survey: plan.survey, deadline };
  const isOurs = await install({ login, loadBalancerId, bundle, log });
  surveys.delete(session);
  return isOurs ? client : start(agent, login, client);
}

/** The agent that is installed, started again if it died. null: there is none. */
export async function reviveAgent(agent: SshAgent): Promise<AgentClient | null> {
  const session = await openSession(agent.host, agent.connection, agent, "known");
  const survey = await look(agent, session);
  if (survey?.bundleSha256 === null) return null;
  const client = clientOf(agent, survey);
  const { facts } = await askFacts(client);
  // A login with a fixed command can start nothing; the agent's own silence says what is wrong.
  if (survey === null || (facts !== null && facts.supervised !== false)) return client;
  const now = await lookAnew(agent, session);
  if (now === null || now.bundleSha256 === null) return null;
  return start(agent, { session, survey: now, deadline: agent.deadline }, client);
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
  surveys.delete(session);
}

async function start(agent: SshAgent, login: RootLogin, client: AgentClient): Promise<AgentClient> {
  const { host, log, deadline } = agent;
  log.progress(`host ${host}: starting the agent`);
  await asRoot(login, {
    script: `systemctl start ${HOST_LAYOUT.unit}\n`,
    doing: "starting the agent",
    timeoutSeconds: LIMITS.agentStartSeconds,
  });
  const seconds = LIMITS.agentStartSeconds;
  const serves = async (): Promise<true | undefined> =>
    (await isServing(client).catch(() => false)) ? true : undefined;
  if ((await poll(serves, { seconds, everySeconds: POLL_SECONDS, deadline })) === true) return client;
  const script = `journalctl -u ${HOST_LAYOUT.unit} -n 5 -o cat --no-pager 2>/dev/null | tail -c 400\n`;
  const said = await asRoot(login, { script, doing: "reading the agent's journal", timeoutSeconds: seconds });
  const tail = said.toString("utf8").trim().replaceAll("\n", " | ") || "nothing";
  throw new OffloadError("AGENT_NOT_STARTED", `host ${host}`, { seconds, log: LOG_PLACE, tail });
}

interface Asked {
  readonly facts: FactsAnswer | null;
  /** Why there are none. */
  readonly silence: string;
}

const NO_AGENT: Asked = { facts: null, silence: "none is installed" };

/** No facts: no agent answers that this version understands. What is wrong with SSH itself is thrown. */
async function askFacts(client: AgentClient): Promise<Asked> {
  try {
    return { facts: await client.call("facts", {}, { timeoutSeconds: QUICK_SECONDS }), silence: "" };
  } catch (error) {
    const silent: readonly string[] = ["AGENT_UNREACHABLE", "INTERNAL", "NOT_FOUND"];
    if (!(error instanceof OffloadError) || !silent.includes(String(error.code))) throw error;
    const { detail = "" } = error.parameters as { detail?: string };
    return { facts: null, silence: detail };
  }
}

function clientOf({ host, connection, log }: SshAgent, survey: Survey | null): AgentClient {
  // The operation's own time may be over when a host is put back: each call has its own.
  const open = (seconds: number): Promise<SshSession> =>
    openSession(host, connection, { log, deadline: deadlineIn(seconds) }, "known");
  return sshClient(host, open, dialCommand(survey));
}

/** What was seen on a session counts for all operations on it, as long as there is an agent. */
const surveys = new WeakMap<SshSession, Survey | null>();

async function look(agent: SshAgent, session: SshSession): Promise<Survey | null> {
  const known = surveys.get(session);
  return known === undefined || known?.bundleSha256 === null ? lookAnew(agent, session) : known;
}

async function lookAnew({ deadline }: SshAgent, session: SshSession): Promise<Survey | null> {
  const survey = await surveyHost(session, surveySeconds(deadline.remainingSeconds()));
  surveys.set(session, survey);
  return survey;
}
