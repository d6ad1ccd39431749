import {
  LIMITS,
  OffloadError,
  type ChangeAnswer,
  type ChangeRequest,
  type Delete,
  type Document,
  type Put,
} from "tls-offload-agent/contract";
import type { AgentClient } from "../transport/agent-client";
import { isRefusal, within } from "./ask";
import { poll } from "./deadline";
import type { Ledger } from "./ledger";
import { findLost } from "./pending";
import type { Transaction } from "./transaction";
import { unheardProviderSeconds } from "./unheard";

const RETRY_SECONDS = 0.2;

export interface HostChange {
  readonly puts: readonly Put[];
  readonly deletes: readonly Delete[];
  /** Refused with GENERATION_CHANGED unless the document is at this one. Absent: any. */
  readonly expectedGeneration?: number | null;
}

/** A host's part: what it had, what it is asked, what it has then. */
export interface Part {
  readonly agent: AgentClient;
  readonly before: Document;
  readonly change: HostChange;
  readonly plan: ChangeAnswer;
  /** The same as `before` until the host took the change. */
  readonly after: Document;
}

/** Asks one host what the change would do there. Nothing is touched. */
export async function planOn(transaction: Transaction, agent: AgentClient): Promise<Part> {
  return patiently(transaction, async () => {
    const { confirmed } = await within(agent, transaction.deadline).call("document", {});
    const change = transaction.changeOf(agent.host, confirmed);
    const plan = await request(transaction, agent, change, { dryRun: true, confirmWithinSeconds: null });
    return { agent, before: confirmed, change, plan, after: confirmed };
  });
}

/** Makes the change on one host, where it waits to be confirmed. Answers the listeners that it affects. */
export async function applyOn(
  transaction: Transaction,
  parts: Map<string, Part>,
  ledger: Ledger,
  part: Part,
): Promise<readonly string[]> {
  const { agent, change } = part;
  const { host } = agent;
  transaction.deadline.check(`changing host ${host}`);
  ledger.set(host, { kind: "asked" });
  const asked = { dryRun: false, confirmWithinSeconds: unheardProviderSeconds };
  const answer = await request(transaction, agent, change, asked).catch(async (error: unknown) => {
    const found = isRefusal(error) ? undefined : await findLost(agent, transaction.holder, part.plan);
    if (found !== undefined) return found;
    if (isRefusal(error)) ledger.set(host, { kind: "untouched" });
    throw error;
  });
  const { changeId, affectedListenerIds } = answer;
  if (answer.state !== "pending" || changeId === null) {
    ledger.set(host, { kind: "untouched" });
    return affectedListenerIds;
  }
  ledger.set(host, { kind: "pending", changeId, affectedListenerIds });
  // Others may have changed something since the dry run: only now nobody else does.
  const { confirmed, pending } = await within(agent, transaction.deadline).call("document", {});
  parts.set(host, { ...part, before: confirmed, after: pending?.document ?? confirmed });
  return affectedListenerIds;
}

/**
 * Once one host has confirmed there is no way back: one that lost the change meanwhile, because its agent died, is
 * given it again, unless somebody else changed it.
 */
export async function repeatOn(transaction: Transaction, part: Part, ledger: Ledger): Promise<void> {
  const { agent, before } = part;
  const change = { ...part.change, expectedGeneration: before.generation };
  await patiently(transaction, () =>
    request(transaction, agent, change, { dryRun: false, confirmWithinSeconds: null }),
  );
  ledger.set(agent.host, { kind: "confirmed" });
}

function request(
  { holder, deadline }: Transaction,
  agent: AgentClient,
  { puts, deletes, expectedGeneration = null }: HostChange,
  { dryRun, confirmWithinSeconds }: Pick<ChangeRequest, "dryRun" | "confirmWithinSeconds">,
): Promise<ChangeAnswer> {
  const waitSeconds = Math.floor(Math.min(LIMITS.changeWaitSeconds, deadline.remainingSeconds()));
  return within(agent, deadline).call(
    "change",
    {
      holder,
      expectedGeneration,
      dryRun,
      confirmWithinSeconds,
      waitSeconds,
      puts: [...puts],
      deletes: [...deletes],
    },
    { timeoutSeconds: waitSeconds + LIMITS.apiRequestSeconds },
  );
}

/** What a host serves just now: the pending document while there is one. */
export async function servedBy({ deadline }: Transaction, agent: AgentClient): Promise<Document> {
  const { confirmed, pending } = await within(agent, deadline).call("document", {});
  return pending?.document ?? confirmed;
}

/** A process of the agent that is down comes back by itself: it was just started, or has just died. */
async function patiently<Answer>({ deadline }: Transaction, ask: () => Promise<Answer>): Promise<Answer> {
  let failure: unknown;
  const answer = await poll(
    () =>
      ask().catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        failure = error;
        return undefined;
      }),
    { seconds: LIMITS.processBackSeconds, everySeconds: RETRY_SECONDS, deadline },
  );
  if (answer === undefined) throw failure;
  return answer;
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof OffloadError)) return false;
  return error.code === "DNS_DOWN" || error.code === "DATA_PLANE_DOWN" || !isRefusal(error);
}
