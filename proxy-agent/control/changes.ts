import { randomUUID } from "node:crypto";
import type { ChangeAnswer, ChangeRequest } from "../contract/change";
import type { Document } from "../contract/document";
import { OffloadError } from "../contract/errors";
import { LIMITS } from "../contract/limits";
import { healthTargets } from "../health/targets";
import type { Secrets } from "./configuration/data-plane";
import type { DrainMark } from "./drain";
import type { ChangesOptions } from "./changes-options";
import { Mutex } from "./mutex";
import { effectsOf } from "./plan/effects";
import { planChange } from "./plan/plan";
import { PendingChange } from "./pending";
import { keysOf } from "./provision";
import { ChangeQueue, type Turn } from "./queue";
import { derive, type Served } from "./serving";
import { SettledChanges } from "./settled";
import { reach } from "./steps";
import { swap, validate } from "./swap";
import { tidyUp } from "./tidy-up";
import { Unmended } from "./unmended";

/** The one way in which the document changes: docs/architecture.md, "A change". */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #queue = new ChangeQueue();
  readonly #mutex = new Mutex();
  readonly #settled = new SettledChanges();
  readonly #unmended: Unmended;
  #confirmed: Document;
  #pending: PendingChange | undefined;

  constructor(options: ChangesOptions) {
    this.#options = options;
    this.#confirmed = options.confirmed;
    this.#unmended = new Unmended(options.damaged ?? []);
  }

  get confirmed(): Document {
    return this.#confirmed;
  }

  get pending(): PendingChange | undefined {
    return this.#pending;
  }

  /** What was lost of the document before this start, and has not been declared again since. */
  get unmended(): Unmended {
    return this.#unmended;
  }

  /** What shall be served now. */
  served(): Served {
    return this.#derive(this.#pending?.document ?? this.#confirmed);
  }

  /** Serves the confirmed document; called once, at start. */
  resume(): Promise<void> {
    return this.#mutex.run(async () => {
      const { serving, isLost = false } = this.#options;
      this.#watchHealth();
      if (isLost) this.#unmended.addLost(await serving.runningListenerIds());
      const onlyIdleDns = !this.#unmended.isEmpty;
      await serving.settle(this.#derive(this.#confirmed), { retire: this.#mayRetire, onlyIdleDns });
    });
  }

  /** Takes the host out of service, or back into it (undefined). Throws BUSY and STATE_NOT_WRITABLE. */
  async setDrained(mark: DrainMark | undefined, signal: AbortSignal): Promise<void> {
    const { drain, serving, log } = this.#options;
    const turn = await this.#queue.enter(
      mark === undefined ? "undrain" : "drain",
      LIMITS.drainWaitSeconds,
      signal,
    );
    try {
      await this.#mutex.run(async () => {
        // First, because it can fail, and an error must mean that nothing was done.
        const served = this.#derive(this.#confirmed, new Map(), mark !== undefined);
        drain.set(mark);
        log.warn(mark === undefined ? "back in service" : "drained by hand", mark);
        await serving.settle(served, { retire: this.#mayRetire });
      });
    } finally {
      turn.release();
    }
  }

  async change(request: ChangeRequest, signal: AbortSignal): Promise<ChangeAnswer> {
    if (this.#options.machine.isCloned) throw new OffloadError("HOST_CLONED", "", {});
    const turn = await this.#queue.enter(request.holder, request.waitSeconds, signal);
    try {
      const answer = await this.#mutex.run(() => this.#begin(request, turn, signal));
      if (answer.state !== "pending") turn.release();
      return answer;
    } catch (error) {
      turn.release();
      throw error;
    }
  }

  confirm(changeId: string): Promise<{ generation: number }> {
    return this.#mutex.run(async () => {
      // The document itself remembers, after a restart too.
      if (!this.#settled.was(changeId, "confirmed") && this.#confirmed.changeId !== changeId) {
        await this.#confirm(this.#take(changeId));
      }
      return { generation: this.#confirmed.generation };
    });
  }

  revert(changeId: string): Promise<{ generation: number }> {
    return this.#mutex.run(async () => {
      if (!this.#settled.was(changeId, "reverted")) {
        await this.#revert(this.#take(changeId));
      }
      return { generation: this.#confirmed.generation };
    });
  }

  renew(changeId: string, confirmWithinSeconds: number): Promise<{ generation: number }> {
    return this.#mutex.run(() => {
      this.#arm(this.#take(changeId), confirmWithinSeconds);
      return Promise.resolve({ generation: this.#confirmed.generation });
    });
  }

  async #begin(request: ChangeRequest, turn: Turn, signal: AbortSignal): Promise<ChangeAnswer> {
    const { store, serving } = this.#options;
    const { generation } = this.#confirmed;
    if (request.expectedGeneration !== null && request.expectedGeneration !== generation) {
      const parameters = { actual: generation, expected: request.expectedGeneration };
      throw new OffloadError("GENERATION_CHANGED", "", parameters);
    }
    const plan = planChange(this.#confirmed, request, (spki) => store.hasKeyFile(spki));
    if (plan.touched.length === 0) {
      return { state: "unchanged", changeId: null, generation, affectedListenerIds: [], effects: [] };
    }
    const keys = keysOf(request.puts, (spki) => store.readKey(spki));
    const before = this.#derive(this.#confirmed);
    const after = this.#derive(plan.next, keys);
    // What a drained host takes must be fit to be served when it is back.
    const found = await validate(serving, {
      plan,
      before: this.#derive(this.#confirmed, new Map(), false),
      after: this.#derive(plan.next, keys, false),
    });
    const effects = effectsOf(this.#confirmed, plan.touched, found.live);
    const common = { effects, affectedListenerIds: this.#isDrained ? [] : [...plan.affectedListenerIds] };
    if (request.dryRun) {
      return { ...common, state: "planned", changeId: null, generation };
    }
    const changeId = randomUUID();
    // An agent that hung finds requests that were given up long ago: nobody would confirm what they ask.
    if (signal.aborted) throw new OffloadError("NO_SUCH_CHANGE", "", { changeId });
    const document = { ...plan.next, changeId };
    await this.#swap(document, keys, () => swap(serving, { plan, before, after }, found.strict));
    const pending = new PendingChange(changeId, request.holder, document, turn);
    this.#pending = pending;
    this.#watchHealth();
    if (request.confirmWithinSeconds === null) {
      await this.#confirmOrRevert(pending);
      return { ...common, state: "confirmed", changeId: null, generation: this.#confirmed.generation };
    }
    this.#arm(pending, request.confirmWithinSeconds);
    return { ...common, state: "pending", changeId, generation: document.generation };
  }

  /** Provisions, writes the pending document and swaps; after any failure all is as it was before. */
  async #swap(
    document: Document,
    keys: ReadonlyMap<string, string>,
    work: () => Promise<void>,
  ): Promise<void> {
    const { store } = this.#options;
    try {
      for (const [spki, keyPem] of keys) {
        store.writeKey(spki, keyPem);
      }
      reach("keys-written");
      store.writePending(document);
      await work();
    } catch (error) {
      await this.#restore();
      throw error;
    }
  }

  async #confirmOrRevert(pending: PendingChange): Promise<void> {
    try {
      await this.#confirm(pending);
    } catch (error) {
      await this.#revert(pending);
      throw error;
    }
  }

  async #confirm(pending: PendingChange): Promise<void> {
    const { store, serving, log } = this.#options;
    store.confirmPending();
    this.#unmended.confirmed(this.#confirmed, pending.document);
    this.#confirmed = pending.document;
    this.#settle(pending, "confirmed");
    try {
      await serving.settle(this.#derive(this.#confirmed), { retire: this.#mayRetire });
      reach("retired");
      this.#removeOrphanKeys();
      reach("keys-removed");
      log.info("confirmed a change", {
        holder: pending.holder,
        generation: this.#confirmed.generation,
        ...(store.problem === undefined ? {} : { notDurable: String(store.problem.parameters.detail) }),
      });
    } finally {
      pending.turn.release();
    }
  }

  async #revert(pending: PendingChange): Promise<void> {
    reach("before-revert");
    this.#settle(pending, "reverted");
    try {
      await this.#restore();
      reach("reverted");
      const { generation } = this.#confirmed;
      this.#options.log.warn("reverted a change", { holder: pending.holder, generation });
    } finally {
      pending.turn.release();
    }
  }

  /** Back to the confirmed document, on disk and in the processes. */
  async #restore(): Promise<void> {
    const { store, serving } = this.#options;
    tidyUp(this.#options.log, () => {
      store.dropPending();
    });
    this.#removeOrphanKeys();
    await serving.settle(this.#derive(this.#confirmed), { retire: this.#mayRetire });
  }

  /** An object that the document lost may still want its key. */
  #removeOrphanKeys(): void {
    if (!this.#unmended.isEmpty) return;
    tidyUp(this.#options.log, () => {
      this.#options.store.removeOrphanKeys(this.#confirmed);
    });
  }

  #settle(pending: PendingChange, how: "confirmed" | "reverted"): void {
    pending.disarm();
    this.#pending = undefined;
    this.#settled.add(pending.changeId, how);
    this.#watchHealth();
  }

  #arm(pending: PendingChange, seconds: number): void {
    pending.arm(seconds, () => void this.#mutex.run(() => this.#expire(pending)));
  }

  async #expire(pending: PendingChange): Promise<void> {
    if (this.#pending === pending && pending.isDue) {
      await this.#revert(pending);
    }
  }

  #take(changeId: string): PendingChange {
    if (this.#pending?.changeId !== changeId) {
      throw new OffloadError("NO_SUCH_CHANGE", "", { changeId });
    }
    return this.#pending;
  }

  #watchHealth(): void {
    const documents = this.#pending === undefined ? [] : [this.#pending.document];
    this.#options.monitor.watch(healthTargets([this.#confirmed, ...documents]));
  }

  get #isDrained(): boolean {
    return this.#options.drain.mark !== undefined;
  }

  /** What an object that the document lost still serves goes on, unless nothing shall be served here. */
  get #mayRetire(): boolean {
    return this.#unmended.isEmpty || this.#isDrained;
  }

  #derive(
    document: Document,
    keys: ReadonlyMap<string, string> = new Map(),
    isDrained = this.#isDrained,
  ): Served {
    const { store } = this.#options;
    const secrets: Secrets = {
      keyPem: (spki) => keys.get(spki) ?? store.readKey(spki),
      ticketKeyBase64: (listenerId) => store.ticketKeyBase64(listenerId),
    };
    return derive(document, secrets, isDrained);
  }
}
