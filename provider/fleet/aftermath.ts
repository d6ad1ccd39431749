import { LIMITS, messageOf, OffloadError } from "tls-offload-agent/contract";
import { deadlineIn } from "./deadline";
import { reportOf, type Ledger } from "./ledger";
import { revertOne } from "./pending";
import type { Part, Transaction } from "./transaction";
import { servedDocument, verificationOf, verifyGone, verifyServed } from "./verify";

/** Reverts every host that holds the change and verifies from outside that it serves as before. */
export async function putBack(
  transaction: Transaction,
  parts: ReadonlyMap<string, Part>,
  ledger: Ledger,
): Promise<void> {
  // It has time of its own: it must not fail because the change took all there was.
  const deadline = deadlineIn(LIMITS.putBackSeconds);
  await Promise.all(
    [...ledger].map(async ([host, state]) => {
      const part = parts.get(host);
      if (state.kind !== "pending" || part === undefined) return;
      const taken = await part.agent.call("document", {}).catch(() => null);
      if (!(await revertOne(ledger, transaction.agents, host))) return;
      const wish = { mode: transaction.wish.mode, requireHealthyBackend: false } as const;
      const verification = { ...verificationOf(transaction, part.agent), wish, deadline };
      try {
        await verifyServed(verification, part.before, state.affectedListenerIds);
        // A listener that was only added must be gone again.
        const added = taken?.pending?.document;
        if (added !== undefined)
          await verifyGone(verification, added, part.before, state.affectedListenerIds);
      } catch (error) {
        const detail = error instanceof OffloadError ? String(error.code) : textOf(error);
        ledger.set(host, { kind: "unverified", detail });
      }
    }),
  );
}

/** What is not as it should be although the change is in force: hosts left behind, ports that still answer. */
export async function problemsAfter(
  transaction: Transaction,
  parts: ReadonlyMap<string, Part>,
  ledger: Ledger,
): Promise<string[]> {
  const left = [...ledger.values()].some(({ kind }) => kind === "pending");
  const problems = left ? [messageOf("CONFIRM_INCOMPLETE", "", { report: reportOf(ledger) })] : [];
  for (const [host, state] of ledger) {
    const part = parts.get(host);
    if (state.kind !== "confirmed" || part === undefined) continue;
    try {
      const after = servedDocument(await part.agent.call("document", {}));
      const verification = verificationOf(transaction, part.agent);
      await verifyGone(verification, part.before, after, part.plan.affectedListenerIds);
    } catch (error) {
      problems.push(textOf(error));
    }
  }
  return problems;
}

/** The error that stopped a change, and under it what became of each host. */
export class ChangeFailed extends Error {
  constructor(error: unknown, ledger: Ledger) {
    super(`${textOf(error)}\nHost by host: ${reportOf(ledger)}.`, { cause: error });
    this.name = "ChangeFailed";
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
