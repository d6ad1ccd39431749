import { declareAll, type Declaration } from "./declarations";
import { Deployment } from "./deployment";
import { EngineServer, type LogLine } from "./engine-server";
import { Monitor } from "./monitor";
import { ProviderProcess } from "./provider-process";
import { runProgram, type Program } from "./program";
import { refreshAll } from "./refresh";
import { EMPTY_SNAPSHOT, StateFile, type Snapshot } from "./state";
import type { Kill, Step } from "./step";
import { StepRunner } from "./step-runner";
import type { Properties } from "./values";

export interface MiniEngineOptions {
  readonly project?: string;
  readonly stack?: string;
  /** Where the provider process runs: `require` of a provider's text starts here. Default: this checkout. */
  readonly cwd?: string;
  /** Added to the provider process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The stack's settings, keys with their namespace ("project:key"). */
  readonly configuration?: Readonly<Record<string, string>>;
  readonly secretConfigurationKeys?: readonly string[];
  readonly otherStacks?: Readonly<Record<string, Properties>>;
  /** One provider process for all deployments instead of one for each: for tests with many small deployments. */
  readonly keepProvider?: boolean;
}

export interface UpOptions {
  /** Names or URNs to replace even without a change. */
  readonly replace?: readonly string[];
  /** Steps at once. Default 8, as on a machine with two cores. */
  readonly parallel?: number;
  /** Stops before the step after this one, as Ctrl-C does. */
  readonly failAfter?: number;
  readonly kill?: Kill;
  /** Refresh first. */
  readonly refresh?: boolean;
  /** Somebody who reads the screen meanwhile. */
  readonly hear?: (message: string) => void;
}

export interface Deployed {
  readonly steps: readonly Step[];
  /** Only the steps that are not "same". */
  readonly changes: readonly Step[];
  readonly logs: readonly LogLine[];
  readonly stackOutputs: Properties;
}

/** A failed deployment; `engine.snapshot` is what was saved until then. */
export class DeploymentError extends Error {
  constructor(
    readonly failures: readonly Error[],
    readonly deployed: Deployed,
  ) {
    const logged = deployed.logs.filter(({ severity }) => severity !== "debug").map((line) => line.message);
    super([...failures.map(({ message }) => message), ...logged].join("\n"));
  }
}

/**
 * Pulumi's engine in small, over the SDK's own dynamic-provider server and the real resource classes. Its
 * state survives in `snapshot`; each verb throws DeploymentError when a step, a check or the program failed.
 */
export class MiniEngine {
  snapshot: Snapshot = EMPTY_SNAPSHOT;
  configuration: Readonly<Record<string, string>>;
  #kept: { server: EngineServer; provider: ProviderProcess } | null = null;
  #logs: LogLine[] = [];
  #onLog: (line: LogLine) => void = () => undefined;

  constructor(private readonly options: MiniEngineOptions = {}) {
    this.configuration = options.configuration ?? {};
  }

  /** What `up` would do. Never calls create, update or delete; the state stays as it is. */
  async preview(source: Program | readonly Declaration[], options: UpOptions = {}): Promise<Deployed> {
    return this.#deploy(source, options, true);
  }

  async up(source: Program | readonly Declaration[], options: UpOptions = {}): Promise<Deployed> {
    return this.#deploy(source, options, false);
  }

  /** Reads everything anew; the steps tell what was found changed. */
  async refresh(): Promise<Deployed> {
    return this.#session(this.snapshot.configuration, {}, false, async ({ provider, state, steps }) => {
      await refreshAll(provider, state, steps);
    });
  }

  /** Deletes everything, without running the program, with the configuration of the last update. */
  async destroy(options: UpOptions = {}): Promise<Deployed> {
    return this.#session(this.snapshot.configuration, options, false, ({ deployment }) =>
      deployment.deleteRest(),
    );
  }

  /** The provider's process that `keepProvider` keeps; null: none runs between deployments. */
  get providerPid(): number | null {
    return this.#kept?.provider.pid ?? null;
  }

  async stop(): Promise<void> {
    const kept = this.#kept;
    this.#kept = null;
    await kept?.provider.stop();
    kept?.server.stop();
  }

  async #deploy(
    source: Program | readonly Declaration[],
    options: UpOptions,
    isPreview: boolean,
  ): Promise<Deployed> {
    return this.#session(this.configuration, options, isPreview, async (session) => {
      const { deployment, monitor, provider, server, state, runner } = session;
      if (options.refresh === true) await refreshAll(provider, state, session.steps);
      const run =
        typeof source === "function"
          ? runProgram(source, monitor, {
              ...this.#monitorOptions,
              engineAddress: server.address,
              preview: isPreview,
              configuration: this.configuration,
              secretConfigurationKeys: this.options.secretConfigurationKeys ?? [],
            })
          : declareAll(source, deployment, (type, name) => this.urnOf(type, name), isPreview);
      await Promise.race([run, runner.failed]);
      await deployment.deleteRest();
    });
  }

  /** Starts what one deployment needs, runs it, saves its state and ends what it started. */
  async #session(
    configuration: Readonly<Record<string, string>>,
    options: UpOptions,
    isPreview: boolean,
    work: (session: Session) => Promise<void>,
  ): Promise<Deployed> {
    const logs: LogLine[] = [];
    this.#logs = logs;
    const { server, provider } = await this.#start(configuration);
    this.#onLog = (line) => {
      if (options.kill?.onLog?.test(line.message) === true) provider.kill();
      options.hear?.(line.message);
    };
    const state = new StateFile(this.snapshot, configuration);
    const runner = new StepRunner(
      provider,
      options.parallel ?? 8,
      options.kill ?? {},
      options.failAfter ?? Infinity,
    );
    const deployment = new Deployment(
      provider,
      state,
      runner,
      isPreview,
      this.#urnsOf(options.replace ?? []),
    );
    const monitor = new Monitor(deployment, this.#monitorOptions);
    const session: Session = {
      server,
      provider,
      state,
      runner,
      deployment,
      monitor,
      steps: deployment.steps,
    };
    try {
      await work(session).catch((error: unknown) => {
        runner.fail(error instanceof Error ? error : new Error(String(error)));
      });
      await runner.idle();
    } finally {
      if (!isPreview) this.snapshot = state.snapshot;
      if (this.options.keepProvider !== true) await this.#end(server, provider);
    }
    const changes = deployment.steps.filter(({ operation }) => operation !== "same");
    const deployed = { steps: deployment.steps, changes, logs, stackOutputs: monitor.stackOutputs };
    if (runner.failures.length > 0) throw new DeploymentError(runner.failures, deployed);
    return deployed;
  }

  async #start(
    configuration: Readonly<Record<string, string>>,
  ): Promise<{ server: EngineServer; provider: ProviderProcess }> {
    if (this.#kept !== null) return this.#kept;
    const onLog = (line: LogLine): void => {
      this.#logs.push(line);
      this.#onLog(line);
    };
    const server = await EngineServer.start(onLog);
    const options = {
      project: this.#monitorOptions.project,
      configuration,
      cwd: this.options.cwd ?? process.cwd(),
      env: this.options.env ?? {},
    };
    const provider = await ProviderProcess.start(server.address, options, onLog);
    if (this.options.keepProvider === true) this.#kept = { server, provider };
    return { server, provider };
  }

  async #end(server: EngineServer, provider: ProviderProcess): Promise<void> {
    await provider.stop();
    server.stop();
  }

  urnOf(type: string, name: string): string {
    return `urn:pulumi:${this.#monitorOptions.stack}::${this.#monitorOptions.project}::${type}::${name}`;
  }

  #urnsOf(namesOrUrns: readonly string[]): string[] {
    return namesOrUrns.map((wanted) => {
      const found = this.snapshot.resources.find(({ urn, name }) => urn === wanted || name === wanted);
      if (found === undefined) throw new Error(`no resource ${wanted} to replace`);
      return found.urn;
    });
  }

  get #monitorOptions(): {
    project: string;
    stack: string;
    otherStacks: Readonly<Record<string, Properties>>;
  } {
    const { project = "test-project", stack = "test-stack", otherStacks = {} } = this.options;
    return { project, stack, otherStacks };
  }
}

interface Session {
  readonly server: EngineServer;
  readonly provider: ProviderProcess;
  readonly state: StateFile;
  readonly runner: StepRunner;
  readonly deployment: Deployment;
  readonly monitor: Monitor;
  readonly steps: Step[];
}
