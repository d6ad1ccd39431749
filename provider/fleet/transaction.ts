import {
  LIMITS,
  OffloadError,
  type ChangeAnswer,
  type Delete,
  type Document,
  type Put,
} from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import type { HostReport } from "../probe/report";
import type { Target } from "../resource/hidden-input";
import type { VerifyWish } from "../resource/operation";
import type { AgentClient } from "../transport/agent-client";
import { poll, type Deadline } from "./deadline";
import { ChangeFailed, problemsAfter, putBack } from "./aftermath";
import { openLedger, type HostState, type Ledger } from "./ledger";
import { confirmAll, keepPending } from "./pending";
import { wavesOf } from "./plan";
import { inParallel } from "./queue";
import type { Agents } from "./reach";
import { servedDocument, verificationOf, verifyServed } from "./verify";

const RETRY_SECONDS = 0.2;

export interface HostChange {
  readonly puts: readonly Put[];
  readonly deletes: readonly Delete[];
}

/** One change of one resource on all of a load balancer's hosts. */
export interface Transaction {
  readonly target: Target;
  readonly agents: Agents;
  /** The resource's owner: named to others that have to wait. */
  readonly holder: string;
  /** Pure: what one host shall be asked, given its document as it is. */
  readonly changeOf: (host: string, document: Document) => HostChange;
  readonly wish: VerifyWish;
  /** Verified even where the change does not affect them. */
  readonly alwaysVerify: readonly string[];
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

export interface Outcome {
  /** Listener id -> host -> what was seen there. */
  readonly verified: ReadonlyMap<string, Readonly<Record<string, readonly HostReport[]>>>;
  /** The change is in force, and this is not as it should be. Whole messages. */
  readonly problems: readonly string[];
}

/** A host's part: what it had, what it is asked. */
export interface Part {
  readonly agent: AgentClient;
  readonly before: Document;
  readonly change: HostChange;
  readonly plan: ChangeAnswer;
}

type Verified = Map<string, Record<string, readonly HostReport[]>>;

/**
 * Dry run everywhere, canary applied and verified, the rest applied and verified, confirmed everywhere. Any
 * failure before the first confirmation puts every touched host back and says so, host by host.
 */
export async function runTransaction(transaction: Transaction): Promise<Outcome> {
  const { agents, deadline } = transaction;
  const ledger = openLedger(agents.keys());
  const parts = await planAll(transaction).catch((error: unknown) => {
    throw new ChangeFailed(error, ledger);
  });
  tellEffects(transaction, parts);
  const verified: Verified = new Map();
  const stopRenewing = keepPending(ledger, agents);
  try {
    for (const wave of wavesOf([...agents.keys()])) {
      await inParallel(wave, LIMITS.hostsAtOnce, async (host) => {
        deadline.check(`changing host ${host}`);
        await changeHost(transaction, parts, ledger, host, verified);
      });
    }
    const failures = await confirmAll(ledger, agents);
    const confirmed = [...ledger.values()].some(({ kind }) => kind === "confirmed");
    const [failure] = failures.values();
    if (failure !== undefined && !confirmed) throw failure;
  } catch (error) {
    await putBack(transaction, parts, ledger);
    throw new ChangeFailed(error, ledger);
  } finally {
    stopRenewing();
  }
  return { verified, problems: await problemsAfter(transaction, parts, ledger) };
}

/** Asks every host what the change would do. Nothing is touched; one refusal refuses the whole. */
async function planAll(transaction: Transaction): Promise<ReadonlyMap<string, Part>> {
  const parts = new Map<string, Part>();
  await inParallel([...transaction.agents.values()], LIMITS.hostsAtOnce, async (agent) => {
    const { confirmed } = await agent.call("document", {});
    const change = transaction.changeOf(agent.host, confirmed);
    const plan = await patiently(transaction, () => request(transaction, agent, change, { dryRun: true }));
    parts.set(agent.host, { agent, before: confirmed, change, plan });
  });
  return parts;
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
  return error instanceof OffloadError && (error.code === "DNS_DOWN" || error.code === "DATA_PLANE_DOWN");
}

function request(
  { holder, deadline }: Transaction,
  agent: AgentClient,
  { puts, deletes }: HostChange,
  { dryRun }: { dryRun: boolean },
): Promise<ChangeAnswer> {
  const waitSeconds = Math.floor(Math.min(LIMITS.changeWaitSeconds, deadline.remainingSeconds()));
  return agent.call(
    "change",
    {
      holder,
      expectedGeneration: null,
      dryRun,
      confirmWithinSeconds: dryRun ? null : LIMITS.unheardProviderSeconds,
      waitSeconds,
      puts: [...puts],
      deletes: [...deletes],
    },
    { timeoutSeconds: waitSeconds + LIMITS.apiRequestSeconds },
  );
}

/** Only what touches somebody who is connected: silence means that nobody notices. */
function tellEffects({ log }: Transaction, parts: ReadonlyMap<string, Part>): void {
  for (const [host, { plan }] of parts) {
    for (const { text, untouched, draining } of plan.effects) {
      if (untouched + draining > 0) log.info(`host ${host}: ${text}`);
    }
  }
}

async function changeHost(
  transaction: Transaction,
  parts: ReadonlyMap<string, Part>,
  ledger: Ledger,
  host: string,
  verified: Verified,
): Promise<void> {
  const part = parts.get(host);
  if (part === undefined) return;
  const { agent, change, plan } = part;
  let affected: readonly string[] = [];
  if (plan.state !== "unchanged") {
    ledger.set(host, { kind: "asked" });
    const answer = await request(transaction, agent, change, { dryRun: false }).catch((error: unknown) => {
      if (isRefusal(error)) ledger.set(host, { kind: "untouched" });
      throw error;
    });
    affected = answer.affectedListenerIds;
    ledger.set(host, stateAfter(answer));
  }
  const toVerify = new Set([...affected, ...transaction.alwaysVerify]);
  if (toVerify.size === 0) return;
  const document = servedDocument(await agent.call("document", {}));
  for (const [listenerId, reports] of await verifyServed(
    verificationOf(transaction, agent),
    document,
    toVerify,
  )) {
    verified.set(listenerId, { ...verified.get(listenerId), [host]: reports });
  }
}

function stateAfter({ state, changeId, affectedListenerIds }: ChangeAnswer): HostState {
  if (state === "pending" && changeId !== null) {
    return { kind: "pending", changeId, affectedListenerIds };
  }
  return { kind: state === "confirmed" ? "confirmed" : "untouched" };
}

/** The agent answered that it will not: so it has not. */
function isRefusal(error: unknown): boolean {
  return error instanceof OffloadError && error.code !== "AGENT_UNREACHABLE";
}
