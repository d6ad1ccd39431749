import { servesAll } from "tls-offload-agent/contract";
import type { AgentClient } from "../agent-client";

/** Whether all processes of an agent are up, and serve each declared listener or say why they cannot. */
export async function isServing(agent: AgentClient): Promise<boolean> {
  const [document, observed] = await Promise.all([agent.call("document", {}), agent.call("observed", {})]);
  return servesAll(document, observed);
}
