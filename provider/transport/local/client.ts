import { API, STATE_FILES } from "tls-offload-agent/contract";
import { callApi } from "tls-offload-agent/client";
import type { AgentClient } from "../agent-client";

/** The agent on this machine that has the given state directory. */
export function localClient(host: string, stateDir: string): AgentClient {
  return {
    host,
    call: (name, request, options = {}) =>
      callApi({
        stateDir,
        socket: STATE_FILES.controlSocket,
        table: API,
        name,
        request,
        where: `host ${host}`,
        ...options,
      }),
  };
}
