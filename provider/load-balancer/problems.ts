import type { ObservedAnswer } from "tls-offload-agent/contract";
import { observeAll } from "../fleet/observe";
import type { Agents } from "../fleet/reach";
import { problemsOf } from "../resource/host-view";

/** To what an agent's problems belong that are of no object of their own. */
const OF_THE_HOST = ["DNS", "state"];

/**
 * What is wrong with a host as a whole: its document, its ticket secret or its agent's program edited on disk, DNS
 * that does not answer. Host name -> sentence.
 */
export async function hostProblems(id: string, agents: Agents): Promise<Record<string, string>> {
  const seen = await observeAll(agents);
  return Object.fromEntries(
    Object.entries(seen).flatMap(([host, observed]) => {
      const sentence = problemsOf(observed, [id, ...OF_THE_HOST]) ?? dnsProblem(observed);
      return sentence === null ? [] : [[host, sentence]];
    }),
  );
}

function dnsProblem({ dns }: ObservedAnswer): string | null {
  return dns.state === "down" ? "its DNS process does not answer" : null;
}
