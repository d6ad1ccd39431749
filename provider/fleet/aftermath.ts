import { LIMITS, messageOf, OffloadError } from "tls-offload-agent/contract";
import { deadlineIn } from "./deadline";
import type { Part } from "./host-change";
import { reportOf, type Ledger } from "./ledger";
import { findLost, revertOne } from "./pending";
import type { Transaction } from "./transaction";
import { verificationOf, verifyGone, verifyServed } from "./verify";

/** Reverts every host that holds the change and verifies from outside that it serves as before. */
export async function putBack(
  transaction: Transaction,
  parts: ReadonlyMap<string, Part>,
  ledger: Ledger,
): Promise<void> {
  // It has time of its own: it must not fail because the change took all there was.
  const deadline = deadlineIn(LIMITS.putBackSeconds);
  await Promise.all(
    [...parts].map(async ([host, part]) => {
      await findAsked(transaction, part, ledger);
      const state = ledger.get(host);
      if (state?.kind !== "pending" || !(await revertOne(ledger, transaction.agents, host))) return;
      const wish = { mode: transaction.wish.mode, requireHealthyBackend: false } as const;
      const verification = { ...verificationOf(transaction, part.agent, deadline), wish };
      try {
        await verifyServed(verification, part.before, state.affectedListenerIds);
        // A listener that was only added must be gone again.
        await verifyGone(verification, part.after, part.before, state.affectedListenerIds);
      } catch (error) {
        const detail = error instanceof OffloadError ? String(error.code) : textOf(error);
        ledger.set(host, { kind: "unverified", detail });
      }
    }),
  );
}

/** A host that was asked and whose answer was not found may have made the change since. */
async function findAsked({ holder }: Transaction, { agent, plan }: Part, ledger: Ledger): Promise<void> {
  if (ledger.get(agent.host)?.kind !== "asked") return;
  const found = await findLost(agent, holder, plan);
  if (found?.changeId == null) return;
  const { changeId, affectedListenerIds } = found;
  ledger.set(agent.host, { kind: "pending", changeId, affectedListenerIds });
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
      const verification = verificationOf(transaction, part.agent);
      await verifyGone(verification, part.before, part.after, part.plan.affectedListenerIds);
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
