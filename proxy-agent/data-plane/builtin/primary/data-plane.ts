import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { LIMITS } from "../../../contract/limits";
import type { HealthState } from "../../../contract/observed";
import type { Logger } from "../../../process/log";
import {
  healthKey,
  type applyRequest,
  type DataPlaneConfiguration,
  type ObservedDataPlane,
} from "../../interface";
import { endpointKey, problemOf, type ApplyProblem } from "../messages";
import { createTerminator } from "../tls/terminator";
import { bind, bindError, type BoundSocket } from "./bound-socket";
import { joined } from "./configuration";
import { mergeGroups, mergeObserved } from "./observe";
import { WorkerPool } from "./worker-pool";
import type { WorkerProcess } from "./worker-process";

type Apply = z.output<typeof applyRequest> & { readonly strict: boolean };

const BIND_RETRY_MILLISECONDS = 50;

/**
 * Owns the listening sockets and leads the workers. It never accepts a connection itself, so that its own end
 * touches none.
 */
export class DataPlane {
  readonly pool: WorkerPool;
  private readonly sockets = new Map<string, BoundSocket>();
  private served: DataPlaneConfiguration = { generation: 0, listeners: [], groups: [] };
  private health: Record<string, HealthState> = {};
  /** Changes, and workers that catch up with them, come one after the other. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(log: Logger) {
    this.pool = new WorkerPool({
      log,
      prepare: (worker, admit) =>
        this.exclusively(async () => {
          await this.prepare(worker);
          admit();
        }),
    });
  }

  apply(request: Apply): Promise<ApplyProblem[]> {
    return this.exclusively(() => this.applyNow(request));
  }

  /** Tries all that an apply would need in this process, and lets go of it. */
  validate(configuration: DataPlaneConfiguration): Promise<ApplyProblem[]> {
    return this.exclusively(async () => {
      const { sockets, problems } = await this.bindNew(configuration);
      closeAll(sockets);
      for (const listener of configuration.listeners) {
        try {
          createTerminator(listener);
        } catch (error) {
          problems.push(problemOf(listener.id, error));
        }
      }
      return problems;
    });
  }

  setHealth(health: Readonly<Record<string, HealthState>>): Promise<void> {
    return this.exclusively(async () => {
      this.health = { ...this.health, ...health };
      await this.pool.askAll("setHealth", { health: this.health });
    });
  }

  async observe(): Promise<ObservedDataPlane> {
    const answers = await this.pool.askAll("observe", {});
    return {
      generation: this.served.generation,
      version: `Node ${process.version}, OpenSSL ${process.versions.openssl}`,
      workers: answers.length,
      listeners: mergeObserved(answers, { workers: this.pool.size, served: this.served }),
      groups: mergeGroups(answers),
      drainSeconds: Math.max(0, ...answers.map(({ drainSeconds }) => drainSeconds)),
    };
  }

  private async applyNow({ configuration, retire, strict }: Apply): Promise<ApplyProblem[]> {
    const { sockets, problems } = await this.bindNew(configuration);
    const takeBack = async (): Promise<void> => {
      await this.pool.askAll("discard", {});
      closeAll(sockets);
    };
    try {
      problems.push(...(await this.provision(configuration, sockets)));
    } catch (error) {
      await takeBack();
      throw error;
    }
    if (strict && problems.length > 0) {
      await takeBack();
      return problems;
    }
    for (const [endpoint, socket] of sockets) {
      this.sockets.set(endpoint, socket);
    }
    const without = new Set(problems.map((problem) => problem.objectId));
    this.served = joined(this.served, configuration, { without, retire });
    // Before the swap, so that a worker which dies in it comes back with what the others then serve.
    await this.pool.askAll("commit", { without: [...without], retire });
    if (retire) {
      this.forgetHealth();
    }
    this.closeUnused(retire ? [...this.sockets.keys()] : [...sockets.keys()]);
    return problems;
  }

  private async provision(
    configuration: DataPlaneConfiguration,
    sockets: ReadonlyMap<string, BoundSocket>,
  ): Promise<ApplyProblem[]> {
    const problems = new Map<string, ApplyProblem>();
    for (const [endpoint, socket] of sockets) {
      const answers = await this.pool.askAll("listen", { endpoint }, socket);
      const failed = answers.find(({ errorCode }) => errorCode !== "");
      if (failed !== undefined) {
        for (const problem of bindProblems(configuration, endpoint, failed.errorCode)) {
          problems.set(problem.objectId, problem);
        }
      }
    }
    for (const answer of await this.pool.askAll("provision", { configuration })) {
      for (const problem of answer.problems) {
        problems.set(problem.objectId, problem);
      }
    }
    return [...problems.values()];
  }

  private async bindNew(
    configuration: DataPlaneConfiguration,
  ): Promise<{ sockets: Map<string, BoundSocket>; problems: ApplyProblem[] }> {
    const sockets = new Map<string, BoundSocket>();
    const problems: ApplyProblem[] = [];
    for (const endpoint of endpointsOf(configuration)) {
      if (!this.sockets.has(endpoint)) {
        const bound = await bindPatiently(endpoint);
        if (typeof bound === "string") {
          problems.push(...bindProblems(configuration, endpoint, bound));
        } else {
          sockets.set(endpoint, bound);
        }
      }
    }
    return { sockets, problems };
  }

  /** A fresh worker gets all that is served now. */
  private async prepare(worker: WorkerProcess): Promise<void> {
    await worker.ask("setHealth", { health: this.health });
    for (const [endpoint, socket] of this.sockets) {
      await worker.ask("listen", { endpoint }, socket);
    }
    const { problems } = await worker.ask("provision", { configuration: this.served });
    await worker.ask("commit", { without: problems.map((problem) => problem.objectId), retire: false });
  }

  private closeUnused(candidates: readonly string[]): void {
    const used = endpointsOf(this.served);
    for (const endpoint of candidates.filter((each) => !used.has(each))) {
      this.sockets.get(endpoint)?.close();
      this.sockets.delete(endpoint);
    }
  }

  private forgetHealth(): void {
    const keys = this.served.groups.flatMap((group) =>
      group.servers.map((server) => healthKey(group, server)),
    );
    const known = new Set(keys);
    this.health = Object.fromEntries(Object.entries(this.health).filter(([key]) => known.has(key)));
  }

  private exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

/** A data plane that was just started may find its ports with the workers of the one before, which are letting go. */
async function bindPatiently(endpoint: string): Promise<BoundSocket | string> {
  for (;;) {
    const bound = bind(endpoint);
    if (bound !== "EADDRINUSE" || process.uptime() > LIMITS.bindRetrySeconds) {
      return bound;
    }
    await sleep(BIND_RETRY_MILLISECONDS);
  }
}

function endpointsOf(configuration: DataPlaneConfiguration): Set<string> {
  return new Set(configuration.listeners.flatMap((listener) => listener.endpoints.map(endpointKey)));
}

function bindProblems(
  configuration: DataPlaneConfiguration,
  endpoint: string,
  errorCode: string,
): ApplyProblem[] {
  const error = bindError(endpoint, errorCode);
  return configuration.listeners
    .filter((listener) => listener.endpoints.some((each) => endpointKey(each) === endpoint))
    .map((listener) => problemOf(listener.id, error));
}

function closeAll(sockets: ReadonlyMap<string, BoundSocket>): void {
  for (const socket of sockets.values()) {
    socket.close();
  }
}
