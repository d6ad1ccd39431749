import { fork, type ChildProcess, type SendHandle } from "node:child_process";
import { LIMITS } from "../../../contract/limits";
import {
  LAST_WORDS,
  type WorkerAnswer,
  type WorkerCall,
  type WorkerCalls,
  type WorkerRequest,
} from "../messages";

/** Fewer, larger moves of the heap's ends: measured together with the semi-space to cost less CPU a connection. */
const MALLOC = {
  MALLOC_TRIM_THRESHOLD_: "134217728",
  MALLOC_TOP_PAD_: "16777216",
  MALLOC_MMAP_THRESHOLD_: "1048576",
};

/** The worker died, or did not answer in time and was killed for it. Its successor starts with the present state. */
export class WorkerGone extends Error {}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One worker process and the questions that it has not answered yet. */
export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = LAST_WORDS;
  private lastWords = "";
  private isOver = false;

  constructor(index: number, workers: number, onExit: (lastWords: string) => void) {
    this.child = fork(process.argv[1] ?? "", ["data-plane-worker"], {
      execArgv: ["--max-semi-space-size=32"],
      env: {
        ...process.env,
        ...MALLOC,
        TLS_OFFLOAD_WORKER_INDEX: String(index),
        TLS_OFFLOAD_WORKERS: String(workers),
      },
      // In a group of its own: what ends this process must not end the connections that the worker holds.
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.child.on("message", (message: WorkerAnswer) => {
      this.settle(message);
    });
    const over = (): void => {
      this.isOver = true;
      for (const { reject, timer } of this.waiting.values()) {
        clearTimeout(timer);
        reject(new WorkerGone("the worker died"));
      }
      this.waiting.clear();
      onExit(this.lastWords);
    };
    this.child.once("exit", over);
    this.child.on("error", (error) => {
      this.lastWords = error.message;
      // It could not even be started: there will be no exit.
      if (this.child.pid === undefined) {
        setImmediate(over);
      }
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Rejects with WorkerGone, at once when it died before it was asked. */
  ask<Name extends WorkerCall>(
    call: Name,
    request: WorkerCalls[Name]["request"],
    handle?: unknown,
  ): Promise<WorkerCalls[Name]["answer"]> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.isOver) {
        reject(new WorkerGone("the worker died"));
        return;
      }
      const id = ++this.lastId;
      const timer = setTimeout(() => {
        this.kill();
      }, LIMITS.workerAnswerSeconds * 1_000);
      this.waiting.set(id, { resolve, reject, timer });
      const message: WorkerRequest = { id, call, request };
      this.child.send(message, handle as SendHandle, (error) => {
        if (error !== null) {
          this.kill();
        }
      });
    }) as Promise<WorkerCalls[Name]["answer"]>;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  private settle({ id, answer, failure }: WorkerAnswer): void {
    if (id === LAST_WORDS) {
      this.lastWords = failure;
    }
    const waiting = this.waiting.get(id);
    if (waiting === undefined) {
      return;
    }
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    if (failure === "") {
      waiting.resolve(answer);
    } else {
      waiting.reject(new Error(`a data-plane worker failed: ${failure}`));
    }
  }
}
