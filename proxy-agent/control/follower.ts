import type { Logger } from "../process/log";
import { watchRole, type Role, type RoleWatch } from "../process/role-lock";
import { Mutex } from "./mutex";
import type { ObjectProblem } from "./problem";

const RETRY_MILLISECONDS = 100;

export interface FollowerOptions<Target> {
  readonly stateDir: string;
  readonly role: Role;
  readonly log: Logger;
  /** Pushes what the process shall serve. With `strict` any problem refuses the whole. */
  readonly push: (target: Target, strict: boolean) => Promise<readonly ObjectProblem[]>;
}

/** Keeps one process at what it shall serve: after every change, and whenever it comes back from the dead. */
export class Follower<Target> {
  readonly #options: FollowerOptions<Target>;
  readonly #mutex = new Mutex();
  #target: Target | undefined;
  #problems: readonly ObjectProblem[] = [];
  #watch: RoleWatch | undefined;
  #synced = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: FollowerOptions<Target>) {
    this.#options = options;
  }

  /** What the process could not serve of the last push. */
  get problems(): readonly ObjectProblem[] {
    return this.#problems;
  }

  start(): void {
    void this.#keepUp();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#watch?.stop();
  }

  /** Takes a new target if the process does. Problems of a strict push mean that nothing was changed. */
  swap(target: Target, strict: boolean): Promise<readonly ObjectProblem[]> {
    return this.#mutex.run(async () => {
      const problems = await this.#push(target, strict);
      if (!strict || problems.length === 0) {
        this.#target = target;
        this.#problems = problems;
      }
      return problems;
    });
  }

  /** Takes a new target in any case: pushed now or, when the process does not answer, as soon as it does. */
  async settle(target: Target): Promise<void> {
    await this.#mutex.run(async () => {
      this.#target = target;
      await this.#pushTarget(target);
    });
  }

  async #pushTarget(target: Target): Promise<void> {
    try {
      this.#problems = await this.#push(target, false);
    } catch {
      // It is starting or hangs: the next round tries again, and `observed` says that it is down.
    }
  }

  async #push(target: Target, strict: boolean): Promise<readonly ObjectProblem[]> {
    // After a failure nobody knows what it serves.
    this.#synced = false;
    const problems = await this.#options.push(target, strict);
    this.#synced = true;
    return problems;
  }

  async #keepUp(): Promise<void> {
    this.#watch ??= await this.#attach();
    await this.#mutex.run(async () => {
      if (this.#watch !== undefined && !this.#synced && this.#target !== undefined) {
        await this.#pushTarget(this.#target);
      }
    });
    if (!this.#stopped) {
      this.#timer = setTimeout(() => void this.#keepUp(), RETRY_MILLISECONDS);
    }
  }

  async #attach(): Promise<RoleWatch | undefined> {
    const { stateDir, role, log } = this.#options;
    const watch = await watchRole(stateDir, role);
    if (watch !== undefined) {
      log.info("attached", { to: role });
      this.#synced = false;
      void watch.ended.then(() => {
        this.#watch = undefined;
      });
    }
    return watch;
  }
}
