import { OffloadError } from "tls-offload-agent/contract";
import type { AgentClient } from "../agent-client";
import type { Connection } from "./connection";
import { mayBeRoot } from "./root";
import type { Survey } from "./survey";

/** The login, where it is not root and may not become it; undefined: it may. */
export function limitedUserOf(survey: Survey | null, { user }: Pick<Connection, "user">): string | undefined {
  if (survey === null) return user;
  return mayBeRoot(survey) ? undefined : survey.user;
}

/** The agent as such a login has it: where none answers, it is told who can start it, which AGENT_UNREACHABLE is not. */
export function limitedClient(client: AgentClient, user: string): AgentClient {
  return {
    ...client,
    limitedUser: user,
    call: (name, request, options) =>
      client.call(name, request, options).catch((error: unknown) => {
        throw asLimited(error, user);
      }),
  };
}

function asLimited(error: unknown, user: string): unknown {
  if (!(error instanceof OffloadError) || error.code !== "AGENT_UNREACHABLE") return error;
  const { where, parameters } = error as OffloadError<"AGENT_UNREACHABLE">;
  const { detail } = parameters;
  return new OffloadError("AGENT_NOT_STARTABLE", where, { user, detail }, { cause: error });
}
