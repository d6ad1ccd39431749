import type { Document } from "tls-offload-agent/contract";
import type { Agents } from "../fleet/reach";

/** The confirmed documents of the hosts that answer. */
export async function documentsOf(agents: Agents): Promise<Map<string, Document>> {
  const answers = await Promise.all(
    [...agents].map(async ([host, agent]) => {
      const answer = await agent.call("document", {}).catch(() => null);
      return answer === null ? [] : [[host, answer.confirmed] as const];
    }),
  );
  return new Map(answers.flat());
}
