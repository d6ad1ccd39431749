import { HOST_LAYOUT, LIMITS, OffloadError } from "tls-offload-agent/contract";
import { poll } from "../../fleet/deadline";
import type { AgentClient } from "../agent-client";
import { isServing } from "../local/serving";
import { LOG_PLACE } from "./client";
import type { SshAgent } from "./look";
import { asRoot, type RootLogin } from "./root";

const POLL_SECONDS = 0.2;

/** Starts an agent that is installed, and waits until it serves. Throws AGENT_NOT_STARTED. */
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
    (await isServing(client).catch(() => false)) ? true : undefined;
  if ((await poll(serves, { seconds, everySeconds: POLL_SECONDS, deadline })) === true) return client;
  const script = `journalctl -u ${HOST_LAYOUT.unit} -n 5 -o cat --no-pager 2>/dev/null | tail -c 400\n`;
  const said = await asRoot(login, { script, doing: "reading the agent's journal", timeoutSeconds: seconds });
  const tail = said.toString("utf8").trim().replaceAll("\n", " | ") || "nothing";
  throw new OffloadError("AGENT_NOT_STARTED", `host ${host}`, { seconds, log: LOG_PLACE, tail });
}
