import { LAST_WORDS, type WorkerAnswer, type WorkerHandlers, type WorkerRequest } from "../messages";
import { Worker } from "./worker";

/** How late an idle, drain or connect timeout may be. */
const SWEEP_MILLISECONDS = 100;

/** Serves until the data-plane process that started it is gone and the last connection has ended. */
export function runWorker(): Promise<void> {
  const worker = new Worker({
    index: Number(process.env["TLS_OFFLOAD_WORKER_INDEX"] ?? 0),
    workers: Number(process.env["TLS_OFFLOAD_WORKERS"] ?? 1),
  });
  const handlers = handlersOf(worker);
  process.on("message", (message: WorkerRequest, handle: unknown) => {
    void answer(handlers, message, handle);
  });
  process.once("uncaughtException", dieWithLastWords);
  return new Promise((resolve) => {
    let isOrphan = false;
    const sweep = setInterval(() => {
      worker.sweep();
      if (isOrphan && worker.isIdle) {
        clearInterval(sweep);
        resolve();
      }
    }, SWEEP_MILLISECONDS);
    process.once("disconnect", () => {
      isOrphan = true;
      worker.retireAll();
    });
  });
}

function dieWithLastWords(error: Error): void {
  send({ id: LAST_WORDS, answer: null, failure: error.stack ?? error.message }, () => {
    process.exit(1);
  });
}

/** `sent` is called in any case: the data-plane process may be gone. */
function send(message: WorkerAnswer, sent: () => void): void {
  if (process.connected) {
    process.send?.(message, undefined, undefined, sent);
  } else {
    sent();
  }
}

async function answer(
  handlers: WorkerHandlers,
  { id, call, request }: WorkerRequest,
  handle: unknown,
): Promise<void> {
  let answered: WorkerAnswer;
  try {
    answered = { id, answer: await handlers[call](request as never, handle), failure: "" };
  } catch (error) {
    answered = { id, answer: null, failure: error instanceof Error ? error.message : String(error) };
  }
  send(answered, () => undefined);
}

function handlersOf(worker: Worker): WorkerHandlers {
  return {
    listen: async ({ endpoint }, handle) => ({ errorCode: await worker.listen(endpoint, handle) }),
    provision: ({ configuration }) => ({ problems: worker.provision(configuration) }),
    commit: ({ without, retire }) => {
      worker.commit(without, retire);
      return {};
    },
    discard: () => {
      worker.discard();
      return {};
    },
    setHealth: ({ health }) => {
      worker.setHealth(health);
      return {};
    },
    observe: () => worker.observe(),
    openProbeWindow: ({ seconds }) => {
      worker.probes.open(seconds);
      return {};
    },
    probe: ({ exporterHex }) => ({ record: worker.probes.find(exporterHex) }),
    counters: () => worker.counters.report(),
  };
}
