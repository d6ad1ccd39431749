import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { until } from "../until";

/** A server in the foreground, its log on standard error. It ends with this process, whatever ends that. */
export class Daemon {
  readonly #program: string;
  #log = "";
  #running: ChildProcess | null = null;

  /**
   * Runs a copy of the program: Debian's AppArmor profile goes by the path, and keeps the original from files
   * anywhere but in Debian's own places.
   */
  constructor(
    private readonly directory: string,
    program: string,
    private readonly args: readonly string[],
    private readonly serving: RegExp,
  ) {
    this.#program = join(directory, basename(program));
    copyFileSync(program, this.#program);
  }

  get log(): string {
    return this.#log;
  }

  async start(): Promise<void> {
    const before = this.#log.length;
    const child = spawn("setpriv", ["--pdeathsig", "KILL", this.#program, ...this.args], {
      cwd: this.directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#running = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    const log = (): string => this.#log.slice(before);
    await until(`${basename(this.#program)} serves`, () => hasEnded(child) || this.serving.test(log()));
    // named goes on without the port.
    if (hasEnded(child) || /address( already)? in use/i.test(log())) throw new Error(log());
  }

  async stop(): Promise<void> {
    const child = this.#running;
    this.#running = null;
    if (child === null || hasEnded(child)) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
