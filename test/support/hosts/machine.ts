import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { until } from "../until";
import { HOST_LIMITS } from "./limits";

export interface MachineSettings {
  readonly name: string;
  readonly address: string;
  readonly directory: string;
  readonly bridge: string;
  /** Shared file systems, the uppermost first, with ":" in between. */
  readonly layers: string;
}

/** Disk and power of one host. The disk lives as long as the keeper; all of it ends when this process does. */
export class Machine {
  readonly #keeper: ChildProcess;
  readonly #made: Promise<string>;
  /** The machine's first process, as this machine numbers it; null: it is off. */
  #init: number | null = null;

  constructor(readonly settings: MachineSettings) {
    const { directory, layers, bridge, name, address } = settings;
    const namespaces = ["--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc"];
    const script = [join(__dirname, "host.sh"), directory, layers, String(HOST_LIMITS.diskBytes)];
    this.#keeper = spawn(
      "setpriv",
      [
        ...["--pdeathsig", "KILL", "unshare", ...namespaces, "--kill-child=KILL"],
        ...["sh", ...script, bridge, name, `${address}/28`],
      ],
      { stdio: ["pipe", "pipe", "inherit"], detached: true },
    );
    this.#made = firstLine(this.#keeper);
  }

  /** Where this machine can open the host's files, also while it is off. */
  get root(): string {
    if (this.#init !== null) return `/proc/${this.#init}/root`;
    return `/proc/${this.#script()}/root${this.settings.directory}/disk/root`;
  }

  /** The first process of the mount namespace that has the disk. */
  get keeper(): number {
    return this.#script();
  }

  get init(): number {
    if (this.#init === null) throw new Error(`${this.settings.name} is off`);
    return this.#init;
  }

  async on(): Promise<void> {
    await this.#made;
    this.#keeper.stdin?.write("on\n");
    const { name } = this.settings;
    this.#init = await until(`${name} boots`, () => this.#findInit(), HOST_LIMITS.bootSeconds);
  }

  /** As if the power failed. */
  async off(): Promise<void> {
    const init = this.init;
    this.#init = null;
    process.kill(init, "SIGKILL");
    await until(`${this.settings.name} is off`, () => childrenOf(this.#script()).length === 0);
  }

  async end(): Promise<void> {
    if (this.#keeper.exitCode !== null || this.#keeper.signalCode !== null) return;
    const ended = once(this.#keeper, "exit");
    // Its only child is the first process of the namespace, with which all others end.
    this.#keeper.kill("SIGKILL");
    await ended;
  }

  #script(): number {
    const [script] = childrenOf(this.#keeper.pid ?? 0);
    if (script === undefined) throw new Error(`${this.settings.name} has ended`);
    return script;
  }

  /** nspawn's child, once it is the first process of a namespace within that of this machine's keeper. */
  #findInit(): number | undefined {
    const [nspawn] = childrenOf(this.#script());
    return childrenOf(nspawn ?? 0).find((child) =>
      /^NSpid:\t\d+\t\d+\t1$/m.test(read(`/proc/${child}/status`)),
    );
  }
}

/** Fails when the process ends without printing one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("Nobody reads what it prints");
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(([code]) => {
      throw new Error(`${child.spawnargs.join(" ")} ended with code ${String(code)}`);
    }),
  ])) as [string];
  child.stdout.resume();
  return line;
}

function childrenOf(pid: number): number[] {
  const line = read(`/proc/${pid}/task/${pid}/children`).trim();
  return line === "" ? [] : line.split(" ").map(Number);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
