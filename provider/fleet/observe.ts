import type { Seen } from "../resource/operation";
import type { Agents } from "./reach";

/** What each host says of itself just now. One that does not answer is not in it. */
export async function observeAll(agents: Agents): Promise<Seen> {
  const answers = await Promise.all(
    [...agents].map(
      async ([host, agent]) => [host, await agent.call("observed", {}).catch(() => null)] as const,
    ),
  );
  return Object.fromEntries(
    answers.flatMap(([host, seen]) => (seen === null ? [] : [[host, seen] as const])),
  );
}
