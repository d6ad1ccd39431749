import { spawn, type ChildProcess } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { onCleanup, temporaryDirectory, trackProcess } from "./workspace";

const WORKSPACE = resolve(__dirname, "..", "..");
const PROGRAMS = join(WORKSPACE, "test", "e2e", "programs");
const STACK = "test";

/** What one run of the CLI came to. `output` has stdout and stderr as a person would see them, without colours. */
export interface PulumiRun {
  readonly code: number | null;
  readonly output: string;
}

export interface RunningPulumi {
  readonly process: ChildProcess;
  readonly done: Promise<PulumiRun>;
  /** Resolves as soon as the output so far matches; rejects when the run ends without. */
  readonly saw: (pattern: RegExp) => Promise<void>;
}

/** A Pulumi project in a temporary directory, with a state backend and a Pulumi home of its own. */
export interface PulumiProject {
  readonly directory: string;
  /** Where the program has its agent. */
  readonly stateDir: string;
  /** What the program reads as site.json. */
  readonly configure: (site: object) => void;
  readonly start: (...args: string[]) => RunningPulumi;
  /** Runs to the end; rejects when it fails. */
  readonly run: (...args: string[]) => Promise<PulumiRun>;
  /** Runs to the end, and must fail; rejects when it does not. */
  readonly fail: (...args: string[]) => Promise<PulumiRun>;
  readonly up: (...args: string[]) => Promise<PulumiRun>;
  readonly preview: (...args: string[]) => Promise<PulumiRun>;
  readonly destroy: () => Promise<PulumiRun>;
  /** The state file's text: what a backend stores. */
  readonly stateText: () => string;
  /** All that was printed so far, by every run. */
  readonly printed: () => string;
}

/** Why tests of the CLI are skipped; null: they are not. */
export function pulumiMissing(): string | null {
  return pulumiBinary() === null ? "no Pulumi CLI: run this through `npm test`, which gets one" : null;
}

/** The CLI that the set-up found (`npm test` sets it). */
function pulumiBinary(): string | null {
  const binary = process.env["TLS_OFFLOAD_PULUMI_BIN"];
  return binary !== undefined && existsSync(binary) ? binary : null;
}

/** @param program the name of a file in test/e2e/programs, or in another folder, without ".ts" */
export async function createPulumiProject(program: string, folder = PROGRAMS): Promise<PulumiProject> {
  const directory = temporaryDirectory("pulumi");
  onCleanup(() => {
    endProcessesIn(directory);
  });
  const environment = layOut(directory, join(folder, `${program}.ts`));
  const printed: string[] = [];
  const start = (...args: string[]): RunningPulumi => startPulumi(directory, environment, args, printed);
  const run = async (...args: string[]): Promise<PulumiRun> => {
    const outcome = await start(...args).done;
    if (outcome.code !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${outcome.output}`);
    return outcome;
  };
  const fail = async (...args: string[]): Promise<PulumiRun> => {
    const outcome = await start(...args).done;
    if (outcome.code === 0) throw new Error(`pulumi ${args.join(" ")} did not fail:\n${outcome.output}`);
    return outcome;
  };
  await run("stack", "init", STACK);
  return {
    directory,
    stateDir: join(directory, "agent"),
    configure: (site) => {
      writeFileSync(join(directory, "site.json"), JSON.stringify(site));
    },
    start,
    run,
    fail,
    up: (...args) => run("up", "--yes", "--skip-preview", ...args),
    preview: (...args) => run("preview", "--diff", ...args),
    destroy: () => run("destroy", "--yes", "--skip-preview"),
    stateText: () => readFileSync(join(directory, "state/.pulumi/stacks/e2e", `${STACK}.json`), "utf8"),
    printed: () => printed.join(""),
  };
}

/** A CLI that was killed leaves its provider process behind, which names the project nowhere but works in it. */
function endProcessesIn(directory: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`) === directory) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended meanwhile, or is another user's.
    }
  }
}

function layOut(directory: string, program: string): NodeJS.ProcessEnv {
  for (const folder of ["state", "home"]) mkdirSync(join(directory, folder));
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    "name: e2e\nruntime:\n  name: nodejs\n  options:\n    packagemanager: npm\n",
  );
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "e2e", main: "index.ts" }));
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { module: "nodenext", target: "es2022", strict: true } }),
  );
  copyFileSync(program, join(directory, "index.ts"));
  symlinkSync(join(WORKSPACE, "node_modules"), join(directory, "node_modules"));
  return {
    ...process.env,
    PATH: [dirname(pulumiBinary() ?? ""), process.env["PATH"] ?? ""].join(delimiter),
    PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "end-to-end",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_HOME: join(directory, "home"),
    // The programs are type-checked with the tests.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_STACK: STACK,
  };
}

function startPulumi(
  directory: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  printed: string[],
): RunningPulumi {
  const words = [...args, "--non-interactive", "--color", "never"];
  const child = spawn(pulumiBinary() ?? "pulumi", words, {
    cwd: directory,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  trackProcess(child);
  let output = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      printed.push(text);
      for (const look of waiting) look();
    });
  }
  const done = new Promise<PulumiRun>((settle, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      settle({ code, output });
    });
  });
  const saw = (pattern: RegExp): Promise<void> =>
    new Promise((settle, reject) => {
      const look = (): void => {
        if (!pattern.test(output)) return;
        waiting.delete(look);
        settle();
      };
      waiting.add(look);
      look();
      done.then(() => {
        reject(new Error(`${String(pattern)} was never printed:\n${output}`));
      }, reject);
    });
  return { process: child, done, saw };
}
