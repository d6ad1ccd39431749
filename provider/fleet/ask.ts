import {
  API,
  isAgentsRefusal,
  OffloadError,
  patienceSeconds,
  type AnswerOf,
  type ApiCall,
  type RequestOf,
} from "tls-offload-agent/contract";
import type { AgentClient } from "../transport/agent-client";
import { deadlineIn, poll, type Deadline } from "./deadline";

const RETRY_SECONDS = 0.2;

/** The same agent, asked no longer than the deadline allows: one that hangs must not hold up the operation. */
export function within(agent: AgentClient, deadline: Deadline): AgentClient {
  return {
    ...agent,
    call: async (name, request, options = {}) => {
      deadline.check(`asking host ${agent.host}`);
      const seconds = options.timeoutSeconds ?? patienceSeconds(API[name]);
      const timeoutSeconds = Math.min(seconds, Math.ceil(deadline.remainingSeconds()));
      return agent.call(name, request, { ...options, timeoutSeconds });
    },
  };
}

/**
 * Asks again while there is no answer, for calls that may be made twice. Throws what the agent refused with, or
 * AGENT_UNREACHABLE after that time.
 */
export async function insist<Name extends ApiCall>(
  agent: AgentClient,
  name: Name,
  request: RequestOf<Name>,
  { id = "", seconds }: { id?: string; seconds: number },
): Promise<AnswerOf<Name>> {
  const patience = deadlineIn(seconds);
  let failure: unknown;
  const answer = await poll(
    async () => {
      const timeoutSeconds = Math.max(1, Math.ceil(patience.remainingSeconds()));
      return agent.call(name, request, { id, timeoutSeconds }).catch((error: unknown) => {
        if (isRefusal(error)) throw error;
        failure = error;
        return undefined;
      });
    },
    { seconds, everySeconds: RETRY_SECONDS },
  );
  if (answer === undefined) throw failure;
  return answer;
}

/**
 * The agent answered that it will not, or was not asked any more: so it has not. After anything else it may have done
 * as it was asked.
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof OffloadError)) return false;
  const code = String(error.code);
  return isAgentsRefusal(code) || code === "OPERATION_TIMED_OUT";
}
