import { LIMITS, OffloadError, type ChangeAnswer } from "tls-offload-agent/contract";
import type { AgentClient } from "../transport/agent-client";
import { insist } from "./ask";
import { poll } from "./deadline";
import type { Ledger } from "./ledger";
import { inParallel } from "./queue";
import type { Agents } from "./reach";
import { unheardProviderSeconds } from "./unheard";

const LOOK_SECONDS = 0.1;

/** Keeps pending changes from running out while this process lives. Answers how to stop. */
export function keepPending(ledger: Ledger, agents: Agents): () => void {
  const renewAll = (): void => {
    for (const [host, state] of ledger) {
      if (state.kind !== "pending") continue;
      // A renewal that fails is noticed before the confirmation.
      void agents
        .get(host)
        ?.call("renew", ...renewal(state.changeId))
        .catch(() => undefined);
    }
  };
  const timer = setInterval(renewAll, (unheardProviderSeconds * 1_000) / 3);
  return () => {
    clearInterval(timer);
  };
}

function renewal(id: string): [{ confirmWithinSeconds: number }, { id: string; timeoutSeconds: number }] {
  const confirmWithinSeconds = unheardProviderSeconds;
  return [{ confirmWithinSeconds }, { id, timeoutSeconds: Math.ceil(unheardProviderSeconds) }];
}

/** Before the first confirmation every host must still have the change: after it there is no way back. Throws. */
export async function requireAll(ledger: Ledger, agents: Agents): Promise<void> {
  await forPending(ledger, agents, async (agent, id) => {
    const request = { confirmWithinSeconds: unheardProviderSeconds };
    await insist(agent, "renew", request, { id, seconds: unheardProviderSeconds });
  });
}

/** Confirms everywhere at once. What failed stays as it is in the ledger; answers the failures by host. */
export async function confirmAll(ledger: Ledger, agents: Agents): Promise<ReadonlyMap<string, Error>> {
  const failures = new Map<string, Error>();
  await forPending(ledger, agents, async (agent, id) => {
    try {
      // An agent answers a confirmation again whose answer was lost. After this time it has taken the change back.
      await insist(agent, "confirm", {}, { id, seconds: unheardProviderSeconds });
    } catch (error) {
      if (!(await isConfirmed(agent, id))) {
        failures.set(agent.host, error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
    ledger.set(agent.host, { kind: "confirmed" });
  });
  return failures;
}

/** The document itself remembers, after a restart too. Generations are used again after a revert. */
async function isConfirmed(agent: AgentClient, changeId: string): Promise<boolean> {
  const options = { timeoutSeconds: LIMITS.lostAnswerSeconds };
  const answer = await agent.call("document", {}, options).catch(() => null);
  return answer?.pending === null && answer.confirmed.changeId === changeId;
}

/** Takes a pending change back; a deadline that was faster is fine. */
export async function revertOne(ledger: Ledger, agents: Agents, host: string): Promise<boolean> {
  const state = ledger.get(host);
  const agent = agents.get(host);
  if (state?.kind !== "pending" || agent === undefined) return false;
  try {
    await insist(agent, "revert", {}, { id: state.changeId, seconds: unheardProviderSeconds });
  } catch (error) {
    if (!(error instanceof OffloadError && error.code === "NO_SUCH_CHANGE")) {
      const detail = error instanceof Error ? error.message : String(error);
      ledger.set(host, { kind: "not reverted", detail });
      return false;
    }
  }
  ledger.set(host, { kind: "reverted" });
  return true;
}

/** A change whose answer was lost: what the agent has pending for this very holder. undefined: nothing. */
export async function findLost(
  agent: AgentClient,
  holder: string,
  plan: ChangeAnswer,
): Promise<ChangeAnswer | undefined> {
  return poll<ChangeAnswer>(
    async () => {
      const seconds = LIMITS.lostAnswerSeconds;
      const answer = await agent.call("document", {}, { timeoutSeconds: seconds }).catch(() => null);
      const pending = answer?.pending ?? null;
      if (pending?.holder !== holder) return undefined;
      return { ...plan, state: "pending", changeId: pending.changeId };
    },
    { seconds: LIMITS.lostAnswerSeconds, everySeconds: LOOK_SECONDS },
  );
}

async function forPending(
  ledger: Ledger,
  agents: Agents,
  work: (agent: AgentClient, changeId: string) => Promise<void>,
): Promise<void> {
  // All at once: the time between the first and the last confirmation is the one in which hosts differ.
  await inParallel([...ledger], Infinity, async ([host, state]) => {
    const agent = agents.get(host);
    if (state.kind === "pending" && agent !== undefined) await work(agent, state.changeId);
  });
}
