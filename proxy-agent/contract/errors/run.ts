import { defineErrors } from "./define";

/** What goes wrong while `pulumi up` works on hosts. `where` names the host and the object. */
export const runErrors = defineErrors({
  AGENT_UNREACHABLE: {
    status: 503,
    problem: "the agent does not answer: {detail}",
    remedy: "Look at the agent's log in {log}; `pulumi up` starts it again",
    cause: "The agent's process is gone, hangs, or its socket cannot be reached.",
  },
});
