import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join, resolve } from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { API, STATE_FILES, type AnswerOf, type ApiCall, type RequestOf } from "../../proxy-agent/contract";
import { callApi } from "../../proxy-agent/http/client";
import { connectInside } from "../../proxy-agent/http/socket-path";
import { livingPid } from "../../proxy-agent/process/pid-record";
import type { Role } from "../../proxy-agent/process/role-lock";
import { until } from "./until";
import { onCleanup, temporaryDirectory } from "./workspace";

export interface TestAgentOptions {
  /** Default: a temporary directory of its own. */
  readonly stateDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The bundled agent, as it runs on a host. Ends with the test run, however that ends. */
export class TestAgent {
  readonly #bundle: string;
  #supervisor: ChildProcess | undefined;

  private constructor(
    readonly stateDir: string,
    bundle: string,
    readonly env: Readonly<Record<string, string>>,
  ) {
    this.#bundle = bundle;
  }

  /** Ready when control answers and the data plane and DNS have their roles. */
  static async start({ stateDir, env = {} }: TestAgentOptions = {}): Promise<TestAgent> {
    const directory = stateDir ?? join(temporaryDirectory("agent"), "state");
    const agent = new TestAgent(directory, agentBundle(), env);
    const watchdog = startWatchdog(agent.#bundle, directory);
    onCleanup(async () => {
      watchdog.stdin?.end();
      await once(watchdog, "exit");
    });
    await agent.restart();
    return agent;
  }

  call<Name extends ApiCall>(name: Name, request: RequestOf<Name>, id = ""): Promise<AnswerOf<Name>> {
    const call = { stateDir: this.stateDir, socket: STATE_FILES.controlSocket, table: API, name, id };
    return callApi({ ...call, request } as never);
  }

  pid(role: Role): number | undefined {
    return livingPid(this.stateDir, role);
  }

  /** Returns when the process is gone; the supervisor starts it again soon after. */
  async kill(role: Role, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const pid = await until(`${role} has a process`, () => this.pid(role));
    process.kill(pid, signal);
    await until(`${role} is gone`, () => this.pid(role) !== pid);
  }

  /** To the data plane and all its workers. */
  signalDataPlane(signal: NodeJS.Signals): void {
    const primary = this.pid("data-plane");
    if (primary === undefined) throw new Error("the data plane has no process");
    for (const pid of [primary, ...childrenOf(primary)]) process.kill(pid, signal);
  }

  /** The page for Prometheus. */
  metrics(): Promise<string> {
    return new Promise((settle, reject) => {
      const createConnection = (): Duplex => connectInside(this.stateDir, STATE_FILES.controlSocket);
      const outgoing = request({ path: "/v1/metrics", createConnection }, (response) => {
        void text(response).then(settle, reject);
      });
      outgoing.once("error", reject).end();
    });
  }

  /** Starts the supervisor, again or for the first time, and waits until everything is there. */
  async restart(env: Readonly<Record<string, string>> = this.env): Promise<void> {
    this.#supervisor = spawn(process.execPath, [this.#bundle, "supervise", "--state-dir", this.stateDir], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "inherit"],
      detached: true,
    });
    await this.ready();
  }

  async ready(): Promise<void> {
    await until("the agent is ready", async () => {
      const { dataPlane, dns } = await this.call("observed", {});
      return dataPlane.state === "running" && dns.state !== "down";
    });
  }

  /** What `agent.cjs <command> --state-dir ...` prints. */
  run(command: string, ...args: readonly string[]): string {
    const all = [this.#bundle, command, "--state-dir", this.stateDir, ...args];
    return execFileSync(process.execPath, all, { encoding: "utf8" });
  }

  async stop(): Promise<void> {
    const gone = this.#supervisor?.exitCode === null && this.#supervisor.signalCode === null;
    const exited = gone && this.#supervisor !== undefined ? once(this.#supervisor, "exit") : undefined;
    this.run("stop");
    await exited;
  }

  logs(): string {
    const folder = join(this.stateDir, STATE_FILES.logs);
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return files.map((file) => `${file}:\n${readFileSync(join(folder, file), "utf8")}`).join("\n");
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

/** undefined: it has ended. */
function parentOf(pid: string): number | undefined {
  try {
    const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    return Number(fields.split(" ")[1]);
  } catch {
    return undefined;
  }
}

let bundle: string | undefined;

/** Bundled anew for each test file, so that it is never older than the sources. */
function agentBundle(): string {
  if (bundle === undefined) {
    execFileSync(process.execPath, [resolve("scripts/bundle-agent.mjs")], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    bundle = resolve("proxy-agent/dist/agent.cjs");
  }
  return bundle;
}

/** Stops the agent when this process is gone, even by SIGKILL: then the pipe to it closes. */
function startWatchdog(agent: string, stateDir: string): ChildProcess {
  const script = 'cat >/dev/null; exec "$0" "$1" stop --state-dir "$2"';
  return spawn("sh", ["-c", script, process.execPath, agent, stateDir], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
}
