import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS } from "../../../contract/limits";
import type { Logger } from "../../../process/log";
import type { WorkerCall, WorkerCalls } from "../messages";
import { WorkerGone, WorkerProcess } from "./worker-process";

export interface PoolOptions {
  readonly log: Logger;
  /** Gives a fresh worker all that the others have, then admits it: from then on it is asked what they are asked. */
  readonly prepare: (worker: WorkerProcess, admit: () => void) => Promise<void>;
}

/** A worker that lived at least this long may start again at once. */
const STEADY_SECONDS = 10;

/** A worker a core. One that dies is replaced. */
export class WorkerPool {
  readonly size = workerCount();
  restarts = 0;
  /** By index; empty while a worker is being replaced. */
  private readonly workers: (WorkerProcess | undefined)[] = [];

  constructor(private readonly options: PoolOptions) {}

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.size }, (_, index) => this.startOne(index, 0)));
  }

  get ready(): readonly WorkerProcess[] {
    return this.workers.filter((worker) => worker !== undefined);
  }

  /** The answers of those that live; one that dies meanwhile is left out. */
  async askAll<Name extends WorkerCall>(
    call: Name,
    request: WorkerCalls[Name]["request"],
    handle?: unknown,
  ): Promise<WorkerCalls[Name]["answer"][]> {
    const answers = await Promise.all(
      this.ready.map((worker) => answerOrNothing(worker.ask(call, request, handle))),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  private async startOne(index: number, failures: number): Promise<void> {
    const startedAt = performance.now();
    const worker = new WorkerProcess(index, this.size, (lastWords) => {
      this.workers[index] = undefined;
      this.restarts += 1;
      this.options.log.error("a data-plane worker died", { worker: index, lastWords });
      const isSteady = performance.now() - startedAt > STEADY_SECONDS * 1_000;
      void this.replace(index, isSteady ? 0 : failures + 1);
    });
    try {
      await this.options.prepare(worker, () => {
        this.workers[index] = worker;
      });
      this.options.log.info("a data-plane worker is ready", { worker: index, workerPid: worker.pid });
    } catch (error) {
      if (!(error instanceof WorkerGone)) {
        const detail = error instanceof Error ? error.message : String(error);
        this.options.log.error("a data-plane worker could not be made ready", { worker: index, detail });
        worker.kill();
      }
    }
  }

  private async replace(index: number, failures: number): Promise<void> {
    const delaySeconds = failures <= 1 ? 0 : Math.min(2 ** failures / 10, LIMITS.restartDelaySecondsMax);
    await sleep(delaySeconds * 1_000);
    await this.startOne(index, failures);
  }
}

async function answerOrNothing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WorkerGone) {
      return undefined;
    }
    throw error;
  }
}

/** One a core; TLS_OFFLOAD_WORKERS for tests. */
function workerCount(): number {
  const forced = Number(process.env["TLS_OFFLOAD_WORKERS"]);
  return Number.isInteger(forced) && forced > 0 ? forced : availableParallelism();
}
