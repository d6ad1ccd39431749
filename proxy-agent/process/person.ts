import { userInfo } from "node:os";
import { API, STATE_FILES } from "../contract/api";
import { OffloadError } from "../contract/errors";
import { HOST_LAYOUT } from "../contract/host-layout";
import { callApi } from "../http/client";
import { errnoOf } from "./errno";
import { statusText } from "./status";

/** What a person on a host asks of its agent. */
export type PersonalCommand = "status" | "drain" | "undrain" | "facts";

/** What the command prints. Throws what the agent answers, AGENT_UNREACHABLE and AGENT_FORBIDDEN. */
export async function answerPerson(
  command: PersonalCommand,
  stateDir: string,
  reason: string,
): Promise<string> {
  try {
    return await ask(command, stateDir, reason);
  } catch (error) {
    throw stateDir === HOST_LAYOUT.stateDir ? whoMay(error) : error;
  }
}

async function ask(command: PersonalCommand, stateDir: string, reason: string): Promise<string> {
  const call = { stateDir, socket: STATE_FILES.controlSocket, table: API } as const;
  switch (command) {
    case "status":
      return statusText(stateDir);
    case "facts":
      return `${JSON.stringify(await callApi({ ...call, name: "facts", request: {} }), undefined, 2)}\n`;
    case "drain":
      await callApi({ ...call, name: "drain", request: { reason } });
      return `${await statusText(stateDir)}\n${DRAINED}\n`;
    case "undrain":
      await callApi({ ...call, name: "undrain", request: {} });
      return `${await statusText(stateDir)}\n${UNDRAINED}\n`;
  }
}

const DRAINED =
  "The load balancer's name goes on leading here, but for this host's own DNS server, until the next change or `pulumi up --refresh`.";
const UNDRAINED =
  "If a change or `pulumi up --refresh` has led the load balancer's name elsewhere meanwhile, the next one leads it here again.";

function whoMay(error: unknown): unknown {
  if (!(error instanceof OffloadError) || errnoOf(error.cause) !== "EACCES") return error;
  const { username } = userInfo();
  const parameters = { user: username, group: HOST_LAYOUT.user };
  return new OffloadError("AGENT_FORBIDDEN", "", parameters, { cause: error });
}
