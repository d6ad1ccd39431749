import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { Ledger } from "./ledger";
import type { Agents } from "./reach";

/** Keeps pending changes from running out while this process lives. Answers how to stop. */
export function keepPending(ledger: Ledger, agents: Agents): () => void {
  const confirmWithinSeconds = LIMITS.unheardProviderSeconds;
  const renewAll = (): void => {
    for (const [host, state] of ledger) {
      if (state.kind !== "pending") continue;
      // A renewal that fails is noticed by the confirmation.
      void agents
        .get(host)
        ?.call("renew", { confirmWithinSeconds }, { id: state.changeId })
        .catch(() => undefined);
    }
  };
  const timer = setInterval(renewAll, (confirmWithinSeconds * 1_000) / 3);
  return () => {
    clearInterval(timer);
  };
}

/** Confirms everywhere at once. What failed stays as it is in the ledger; answers the failures by host. */
export async function confirmAll(ledger: Ledger, agents: Agents): Promise<ReadonlyMap<string, Error>> {
  const failures = new Map<string, Error>();
  await Promise.all(
    [...ledger].map(async ([host, state]) => {
      const agent = agents.get(host);
      if (state.kind !== "pending" || agent === undefined) return;
      try {
        await agent.call("confirm", {}, { id: state.changeId });
        ledger.set(host, { kind: "confirmed" });
      } catch (error) {
        // The answer may have been lost on the way, not the confirmation. Generations are used again after a revert.
        const answer = await agent.call("document", {}).catch(() => null);
        if (answer?.pending === null && answer.confirmed.changeId === state.changeId) {
          ledger.set(host, { kind: "confirmed" });
        } else {
          failures.set(host, error instanceof Error ? error : new Error(String(error)));
        }
      }
    }),
  );
  return failures;
}

/** Takes a pending change back; a deadline that was faster is fine. */
export async function revertOne(ledger: Ledger, agents: Agents, host: string): Promise<boolean> {
  const state = ledger.get(host);
  if (state?.kind !== "pending") return false;
  try {
    await agents.get(host)?.call("revert", {}, { id: state.changeId });
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
