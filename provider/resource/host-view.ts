import type { Document, ObservedAnswer } from "tls-offload-agent/contract";
import type { AgentClient } from "../transport/agent-client";
import type { HostView, Views } from "./operation";

const LOOKS = 3;

/**
 * One host's document and what it really does, of one and the same moment: where another program's change came in
 * between, both are asked for again.
 */
export async function lookAtHost(agent: AgentClient): Promise<HostView> {
  for (let looks = 1; ; looks++) {
    const [{ confirmed, pending }, observed] = await Promise.all([
      agent.call("document", {}),
      agent.call("observed", {}),
    ]);
    const document = pending?.document ?? confirmed;
    if (looks === LOOKS || isSameMoment(document, observed)) return { confirmed, document, observed };
  }
}

function isSameMoment({ generation }: Document, observed: ObservedAnswer): boolean {
  return observed.dataPlane.state === "down" || observed.generation === generation;
}

/**
 * What an agent itself finds wrong with an object, on disk and in memory, as one sentence after the other; null:
 * nothing.
 */
export function problemsOf({ problems }: ObservedAnswer, objectIds: readonly string[]): string | null {
  const texts = problems.filter(({ objectId }) => objectIds.includes(objectId)).map(({ message }) => message);
  return texts.length === 0 ? null : texts.join(" ");
}

/** For an Observation: host name -> what is wrong there. */
export function sentencesOf(
  views: Views,
  sentenceOf: (view: HostView) => string | null,
): Record<string, string> {
  return Object.fromEntries(
    [...views].flatMap(([host, view]) => {
      const sentence = sentenceOf(view);
      return sentence === null ? [] : [[host, sentence]];
    }),
  );
}
