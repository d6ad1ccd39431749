import { HOST_LAYOUT, LIMITS, messageOf, OffloadError } from "tls-offload-agent/contract";
import { poll } from "../../fleet/deadline";
import type { AgentClient } from "../agent-client";
import { isServing } from "../local/serving";
import { LOG_PLACE } from "./client";
import type { SshAgent } from "./look";
import { asRoot, type RootLogin } from "./root";
import type { SshSession } from "./session";

const POLL_SECONDS = 0.2;

/** What comes of a start where the unit was removed, masked or edited. */
const UNSTARTABLE: ReadonlySet<string> = new Set(["HOST_COMMAND_FAILED", "AGENT_NOT_STARTED"]);
/** Tried and told once a connection: each operation of an `up` meets the agent. */
const unstartable = new WeakSet<SshSession>();

/** Starts the supervisor of an agent that answers. Where that cannot be, it is told, and the agent stays as it is. */
export async function superviseAgent(
  agent: SshAgent,
  login: RootLogin,
  client: AgentClient,
): Promise<AgentClient> {
  if (unstartable.has(login.session)) return client;
  try {
    return await startAgent(agent, login, client);
  } catch (error) {
    if (!(error instanceof OffloadError) || !UNSTARTABLE.has(String(error.code))) throw error;
    unstartable.add(login.session);
    const { detail, tail } = error.parameters as { detail?: string; tail?: string };
    const parameters = { detail: detail ?? tail ?? "" };
    agent.log.warning(messageOf("AGENT_NOT_SUPERVISED", `host ${agent.host}`, parameters));
    return client;
  }
}

/** Starts an agent that is installed, and waits until it serves under its supervisor. Throws AGENT_NOT_STARTED. */
export async function startAgent(
  { host, log, deadline }: SshAgent,
  login: RootLogin,
  client: AgentClient,
): Promise<AgentClient> {
  log.progress(`host ${host}: starting the agent`);
  await asRoot(login, {
    script: `systemctl start ${HOST_LAYOUT.unit}\n`,
    doing: "starting the agent",
    timeoutSeconds: LIMITS.agentStartSeconds,
  });
  const seconds = LIMITS.agentStartSeconds;
  const serves = async (): Promise<true | undefined> =>
    (await isSupervised(client).catch(() => false)) ? true : undefined;
  if ((await poll(serves, { seconds, everySeconds: POLL_SECONDS, deadline })) === true) return client;
  const script = `journalctl -u ${HOST_LAYOUT.unit} -n 5 -o cat --no-pager 2>/dev/null | tail -c 400\n`;
  const said = await asRoot(login, { script, doing: "reading the agent's journal", timeoutSeconds: seconds });
  const tail = said.toString("utf8").trim().replaceAll("\n", " | ") || "nothing";
  throw new OffloadError("AGENT_NOT_STARTED", `host ${host}`, { seconds, log: LOG_PLACE, tail });
}

/** What a dead supervisor left serves as well. */
async function isSupervised(client: AgentClient): Promise<boolean> {
  const { supervised } = await client.call("facts", {});
  return supervised !== false && (await isServing(client));
}
