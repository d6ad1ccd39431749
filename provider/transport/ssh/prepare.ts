import { messageOf, type FactsAnswer } from "tls-offload-agent/contract";
import type { AgentClient } from "../agent-client";
import { carriedBundle, type Bundle } from "../local/bundle";
import type { Prepared } from "../prepared";
import { toldApart } from "../told-apart";
import { install, readyInstallation } from "./install/install";
import { planInstall, type Kept } from "./install/plan";
import { askFacts, clientOf, forget, lookAnew, NO_AGENT, type SshAgent } from "./look";
import { openSession } from "./pool";
import type { Patience } from "./retry";
import { startAgent, superviseAgent } from "./start";

/** Logs in and looks: throws whatever stands in the way of an agent. Nothing on the host is changed. */
export async function prepareAgent(agent: SshAgent, patience: Patience): Promise<Prepared> {
  const { host, loadBalancerId, log, deadline } = agent;
  const session = await openSession(host, agent.connection, agent, patience);
  const survey = await lookAnew(agent, session);
  const client = clientOf(agent, survey);
  const { facts, silence } = survey?.bundleSha256 === null ? NO_AGENT : await askFacts(client);
  const bundle = await carriedBundle();
  const user = survey?.user ?? agent.connection.user;
  const plan = planInstall({ host, loadBalancerId, user, survey, facts, silence, bundle });
  if (plan.kind !== "install") {
    const because = plan.kind === "start" ? "newer" : plan.because;
    const warning = facts === null ? null : warningOf(because, { host, user, facts, bundle });
    const install = (): Promise<AgentClient> => {
      if (warning !== null) log.warning(warning);
      if (plan.kind === "keep") return Promise.resolve(client);
      return superviseAgent(agent, { session, survey: plan.survey, deadline }, client);
    };
    return { host, isBare: false, install };
  }
  const login = { session, survey: plan.survey, deadline };
  const installation = await readyInstallation({ login, loadBalancerId, bundle, log });
  return {
    host,
    isBare: !plan.survey.hasTraces,
    install: async () => {
      const isOurs = await install(installation);
      forget(session);
      return isOurs ? client : startAgent(agent, login, client);
    },
  };
}

/** That an agent stays which is not the provider's own; null: it is. */
function warningOf(
  because: Kept,
  { host, user, facts, bundle }: { host: string; user: string; facts: FactsAnswer; bundle: Bundle },
): string | null {
  const [version, own] = toldApart(facts, bundle);
  switch (because) {
    case "current":
      return null;
    case "newer":
      return messageOf("AGENT_NEWER", `host ${host}`, { version, own });
    case "no root":
      return messageOf("AGENT_OLDER", `host ${host}`, { version, own, user });
  }
}
