import { CONTRACT_VERSION, OffloadError } from "tls-offload-agent/contract";
import type { Attempt } from "../fleet/reach";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "../transport/agent-client";
import { connectAgent } from "../transport/connect";
import type { Prepared } from "../transport/prepared";

/**
 * Where the provider's agent does not come up, the one before is back and takes changes, as long as it understands
 * them: a host that cannot be upgraded holds up no renewal on all the others. The next `up` tries again.
 */
export async function installOrKeep(
  { host, install }: Prepared,
  target: Target,
  attempt: Attempt,
): Promise<AgentClient> {
  try {
    return await install();
  } catch (error) {
    if (!(error instanceof OffloadError) || error.code !== "AGENT_UPGRADE_UNDONE") throw error;
    const agent = await connectAgent(target, host, "look", attempt).catch(() => null);
    if (agent === null || !(await understands(agent))) throw error;
    attempt.log.warning(error.message);
    return agent;
  }
}

async function understands(agent: AgentClient): Promise<boolean> {
  const facts = await agent.call("facts", {}).catch(() => null);
  return facts?.contractVersions.includes(CONTRACT_VERSION) ?? false;
}
