import { spawn, type ChildProcess } from "node:child_process";
import { join, resolve } from "node:path";
import { reportOf } from "./report";
import type { Stage, StageResult } from "./stages";

const ROOT = resolve(__dirname, "../../..");
const INTERRUPT_GRACE_SECONDS = 10;

/** Runs stages one after the other, each command in a process group of its own so that it can be ended whole. */
export class Runner {
  interrupted = false;
  #current: ChildProcess | null = null;

  constructor(
    private readonly directory: string,
    private readonly long: boolean,
  ) {}

  async run(stage: Stage): Promise<StageResult> {
    const started = performance.now();
    const result =
      stage.kind === "static" ? await this.#static(stage.commands) : await this.#vitest(stage.name);
    return { stage: stage.name, ...result, seconds: (performance.now() - started) / 1_000 };
  }

  interrupt(): void {
    this.interrupted = true;
    const child = this.#current;
    signalGroup(child, "SIGINT");
    setTimeout(() => {
      signalGroup(child, "SIGKILL");
    }, INTERRUPT_GRACE_SECONDS * 1_000).unref();
  }

  async #static(commands: readonly (readonly string[])[]): Promise<Omit<StageResult, "stage" | "seconds">> {
    for (const command of commands) {
      const code = await this.#spawn(command, {});
      if (code !== 0) {
        return {
          passed: 0,
          failed: 1,
          skipped: [],
          failures: [`\`${command.join(" ")}\` ended with code ${code}`],
        };
      }
    }
    return { passed: 1, failed: 0, skipped: [], failures: [] };
  }

  async #vitest(project: string): Promise<Omit<StageResult, "stage" | "seconds">> {
    const file = join(this.directory, `${project}.json`);
    const reporter = join(__dirname, "vitest-reporter.js");
    const code = await this.#spawn(
      [
        "vitest",
        "run",
        "--project",
        project,
        "--passWithNoTests",
        "--reporter=default",
        `--reporter=${reporter}`,
      ],
      { TLS_OFFLOAD_TEST_REPORT: file },
    );
    return reportOf(file, code);
  }

  #spawn(
    [command = "", ...args]: readonly string[],
    extra: Readonly<Record<string, string>>,
  ): Promise<number> {
    const environment = { ...process.env, TLS_OFFLOAD_TEST_RUN: this.directory, ...extra };
    const child = spawn(join(ROOT, "node_modules/.bin", command), args, {
      cwd: ROOT,
      detached: true,
      stdio: ["ignore", "inherit", "inherit"],
      env: this.long ? { ...environment, TEST_LONG: "1" } : environment,
    });
    this.#current = child;
    return new Promise((done, fail) => {
      child.once("error", fail);
      child.once("exit", (code) => {
        this.#current = null;
        done(code ?? 1);
      });
    });
  }
}

function signalGroup(leader: ChildProcess | null, signal: NodeJS.Signals): void {
  if (leader?.pid === undefined || leader.exitCode !== null || leader.signalCode !== null) return;
  process.kill(-leader.pid, signal);
}
