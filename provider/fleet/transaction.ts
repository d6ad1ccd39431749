import { randomBytes } from "node:crypto";
import { LIMITS, OffloadError, type Document } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import type { HostReport } from "../probe/report";
import type { Target } from "../resource/hidden-input";
import type { VerifyWish } from "../resource/operation";
import { ChangeFailed, problemsAfter, putBack } from "./aftermath";
import type { Deadline } from "./deadline";
import { applyOn, planOn, repeatOn, servedBy, type HostChange, type Part } from "./host-change";
import { openLedger, type Ledger } from "./ledger";
import { confirmAll, keepPending, requireAll } from "./pending";
import { wavesOf } from "./plan";
import { inParallel, inTurn } from "./queue";
import type { Agents } from "./reach";
import { verificationOf, verifyServed } from "./verify";

export type { HostChange } from "./host-change";

const RUN_BYTES = 4;

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
  /** Hosts that went away between the first and the last confirmation: they have what they had before. */
  readonly behind: readonly string[];
}

type Verified = Map<string, Record<string, readonly HostReport[]>>;

/**
 * Dry run everywhere, canary applied and verified, the rest applied and verified, confirmed everywhere. Any
 * failure before the first confirmation puts every touched host back and says so, host by host.
 */
export async function runTransaction(asked: Transaction): Promise<Outcome> {
  // The same program may run twice at once: a change whose answer was lost must be told from the other one's.
  const transaction = { ...asked, holder: `${asked.holder} (run ${randomBytes(RUN_BYTES).toString("hex")})` };
  const { agents } = transaction;
  const ledger = openLedger(agents.keys());
  const parts = await planAll(transaction).catch((error: unknown) => {
    throw new ChangeFailed(error, ledger);
  });
  tellEffects(transaction, parts);
  const stopRenewing = keepPending(ledger, agents);
  const verified: Verified = new Map();
  try {
    await applyAll(transaction, parts, ledger, verified);
    await requireAll(ledger, agents);
    stopRenewing();
    await confirmEverywhere(transaction, parts, ledger);
  } catch (error) {
    // First: nothing may keep a change alive that is to be taken back.
    stopRenewing();
    await putBack(transaction, parts, ledger);
    throw new ChangeFailed(error, ledger);
  }
  const behind = [...ledger].flatMap(([host, { kind }]) => (kind === "pending" ? [host] : []));
  return { verified, problems: await problemsAfter(transaction, parts, ledger), behind };
}

/** One refusal refuses the whole. */
async function planAll(transaction: Transaction): Promise<Map<string, Part>> {
  const parts = new Map<string, Part>();
  await inParallel([...transaction.agents.values()], LIMITS.hostsAtOnce, async (agent) => {
    parts.set(agent.host, await planOn(transaction, agent));
  });
  return parts;
}

/** Only what touches somebody who is connected: silence means that nobody notices. */
function tellEffects({ log }: Transaction, parts: ReadonlyMap<string, Part>): void {
  for (const [host, { plan }] of parts) {
    for (const { text, untouched, draining } of plan.effects) {
      if (untouched + draining > 0) log.info(`host ${host}: ${text}`);
    }
  }
}

async function applyAll(
  transaction: Transaction,
  parts: Map<string, Part>,
  ledger: Ledger,
  verified: Verified,
): Promise<void> {
  // One host's dry run may be older than another's: only if none has anything to do, none is asked again.
  const isDone = [...parts.values()].every(({ plan }) => plan.state === "unchanged");
  let failed = false;
  const fail = (error: unknown): never => {
    failed = true;
    throw error;
  };
  const changeHost = async (host: string): Promise<void> => {
    // Strictly one host after the other, in the order of names, whoever else does the same: nobody can hold a host
    // and wait for one that comes earlier, which is how two programs would wait for each other.
    const affected = await inTurn(transaction.holder, async () => {
      const part = parts.get(host);
      if (isDone || failed || part === undefined) return [];
      return applyOn(transaction, parts, ledger, part).catch(fail);
    });
    const part = parts.get(host);
    const toVerify = new Set([...affected, ...transaction.alwaysVerify]);
    if (failed || part === undefined || toVerify.size === 0) return;
    const isPending = ledger.get(host)?.kind === "pending";
    const document = isPending ? part.after : await servedBy(transaction, part.agent);
    const verification = verificationOf(transaction, part.agent);
    for (const [listenerId, reports] of await verifyServed(verification, document, toVerify)) {
      verified.set(listenerId, { ...verified.get(listenerId), [host]: reports });
    }
  };
  for (const wave of wavesOf([...transaction.agents.keys()])) {
    await inParallel(wave, LIMITS.hostsAtOnce, (host) => changeHost(host).catch(fail));
  }
}

/** Throws while it is not in force anywhere. Later there is no way back: who lost it meanwhile gets it again. */
async function confirmEverywhere(
  transaction: Transaction,
  parts: ReadonlyMap<string, Part>,
  ledger: Ledger,
): Promise<void> {
  const failures = await confirmAll(ledger, transaction.agents);
  const [failure] = failures.values();
  if (failure === undefined) return;
  if (![...ledger.values()].some(({ kind }) => kind === "confirmed")) throw failure;
  for (const [host, error] of failures) {
    const part = parts.get(host);
    if (part === undefined || !(error instanceof OffloadError) || error.code !== "NO_SUCH_CHANGE") continue;
    // What cannot be done now is told as what it is: not the same everywhere.
    await repeatOn(transaction, part, ledger).catch(() => undefined);
  }
}
