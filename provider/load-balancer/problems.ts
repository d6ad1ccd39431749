import type { ObservedAnswer } from "tls-offload-agent/contract";
import { problemsOf } from "../resource/host-view";
import { PROGRAM_EDITED } from "./root-only";

/** To what an agent's problems belong that are of no object of their own. */
const OF_THE_HOST = ["DNS", "state"];

/**
 * What is wrong with a host as a whole, and mended by a change: its document or its ticket secret edited on disk, DNS
 * that does not answer. Host name -> sentence.
 */
export function hostProblems(
  id: string,
  seen: Readonly<Record<string, ObservedAnswer>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(seen).flatMap(([host, observed]) => {
      const problems = observed.problems.filter(({ code }) => code !== PROGRAM_EDITED);
      const sentence = problemsOf({ ...observed, problems }, [id, ...OF_THE_HOST]) ?? dnsProblem(observed);
      return sentence === null ? [] : [[host, sentence]];
    }),
  );
}

function dnsProblem({ dns }: ObservedAnswer): string | null {
  return dns.state === "down" ? "its DNS process does not answer" : null;
}
