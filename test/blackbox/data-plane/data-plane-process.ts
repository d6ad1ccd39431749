import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { STATE_FILES } from "../../../proxy-agent/contract/api";
import type { HealthState } from "../../../proxy-agent/contract/observed";
import {
  DATA_PLANE_API,
  healthKey,
  type DataPlaneConfiguration,
  type ObservedDataPlane,
} from "../../../proxy-agent/data-plane/interface";
import { callApi } from "../../../proxy-agent/http/client";
import { bundleAgent } from "../../support/bundle";
import { until } from "../../support/until";
import { onCleanup, temporaryDirectory, trackProcess } from "../../support/workspace";

interface ApplyOptions {
  readonly retire?: boolean;
  readonly strict?: boolean;
  readonly health?: Record<string, HealthState>;
}

type Api = typeof DATA_PLANE_API;

/** The real data plane in processes of its own, driven through its socket as control drives it. */
export class DataPlaneProcess {
  private constructor(
    readonly stateDir: string,
    private readonly bundle: string,
    private readonly workers: number,
    private child: ChildProcess,
  ) {}

  /** TEST_NODE runs it on another Node than this one. */
  static async start({ workers = 2 } = {}): Promise<DataPlaneProcess> {
    const stateDir = temporaryDirectory("data-plane");
    const bundle = await bundleAgent(stateDir);
    const plane = new DataPlaneProcess(stateDir, bundle, workers, launch(bundle, stateDir, workers));
    onCleanup(() => plane.kill());
    await plane.answers();
    return plane;
  }

  /** Ends the data-plane process itself; its workers end when their connections have. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
      await once(this.child, "exit");
    }
  }

  async restart(): Promise<void> {
    await this.kill();
    this.child = launch(this.bundle, this.stateDir, this.workers);
    await this.answers();
  }

  /** As a change does it; every server counts as healthy unless the test says otherwise. */
  async apply(
    configuration: DataPlaneConfiguration,
    { retire = true, strict = true, health = {} }: ApplyOptions = {},
  ): Promise<AnswerOfCall<"apply">["problems"]> {
    const keys = configuration.groups.flatMap((group) =>
      group.servers.map((server) => healthKey(group, server)),
    );
    const unchecked = Object.fromEntries(keys.map((key) => [key, "unchecked" as const]));
    await this.call("setHealth", { health: { ...unchecked, ...health } });
    return (await this.call("apply", { configuration, retire, strict })).problems;
  }

  observe(): Promise<ObservedDataPlane> {
    return this.call("observe", {});
  }

  counters(): Promise<Record<string, number>> {
    return this.call("counters", {});
  }

  call<Name extends keyof Api>(name: Name, request: RequestOfCall<Name>): Promise<AnswerOfCall<Name>> {
    return callApi({
      table: DATA_PLANE_API,
      name,
      stateDir: this.stateDir,
      socket: STATE_FILES.dataPlaneSocket,
      request,
    });
  }

  /** The living workers of this and of former data-plane processes. */
  workerPids(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        const args = commandLine(pid);
        return args.includes(this.bundle) && args.includes("data-plane-worker");
      })
      .map(Number);
  }

  private answers(): Promise<unknown> {
    return until("the data plane answers", async () => {
      if (this.child.exitCode !== null) throw new Error("the data plane ended");
      return this.call("capabilities", {});
    });
  }
}

type AnswerOfCall<Name extends keyof Api> = z.output<Api[Name]["answer"]>;
type RequestOfCall<Name extends keyof Api> = z.input<Api[Name]["request"]>;

function launch(bundle: string, stateDir: string, workers: number): ChildProcess {
  const child = spawn(
    process.env["TEST_NODE"] ?? process.execPath,
    [bundle, "data-plane", "--state-dir", stateDir],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, TLS_OFFLOAD_WORKERS: String(workers) },
    },
  );
  trackProcess(child);
  return child;
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
