import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { DemoError } from "./demo-error";
import { writePrivate } from "./files";
import { DEMO, ROOT } from "./paths";

const STACK = "demo";
/** The commands that read or write the stack's settings, which are kept in the demo's folder. */
const USES_SETTINGS = ["up", "update", "preview", "pre", "refresh", "destroy", "config", "import", "watch"];
/** Dots for the time that passes, lines of what stays as it is, and the advice to remove a stack that `npm stop` removes. */
const NOISE = [
  /^@ \w+\.*$/,
  /^ ~ {2}pulumi\S+ \S+ refresh(ing)? \([\d.]+s\) *$/,
  /^ {4}pulumi\S+ \S+ *(running)? *$/,
  /stack have been deleted, but|run `pulumi stack rm/,
];

/** Makes the stack, its state backend and its passphrase, unless they are there. */
export function ensureStack(): void {
  for (const folder of [DEMO.state, DEMO.pulumiHome]) mkdirSync(folder, { recursive: true });
  if (!existsSync(DEMO.passphrase)) writePrivate(DEMO.passphrase, randomBytes(24).toString("base64url"));
  if (hasStack() && existsSync(DEMO.settings)) return;
  // `stack init` writes the settings beside the Pulumi.yaml that it finds: give it one in the demo's folder.
  writePrivate(join(DEMO.folder, "Pulumi.yaml"), `name: ${projectName()}\nruntime: nodejs\n`);
  if (!hasStack()) capturePulumi(["stack", "init", STACK, "--cwd", DEMO.folder]);
}

/** Frees the stack from the lock of a Pulumi that was killed; one that is at work keeps its own. */
export function clearDeadLock(): void {
  const locks = join(DEMO.state, ".pulumi", "locks");
  if (!existsSync(locks)) return;
  const files = readdirSync(locks, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".json"),
  );
  const owners = files.map((name) => JSON.parse(readFileSync(join(locks, name), "utf8")) as { pid: number });
  if (owners.length > 0 && owners.every(({ pid }) => !existsSync(`/proc/${pid}`))) {
    capturePulumi(["cancel", "--yes"]);
  }
}

export function hasStack(): boolean {
  return existsSync(join(DEMO.state, ".pulumi", "stacks", projectName(), `${STACK}.json`));
}

/** What Pulumi prints. Throws a DemoError with what it said when it fails. */
export function capturePulumi(args: readonly string[]): string {
  const done = spawnSync(pulumiBinary(), [...withSettings(args), "--non-interactive"], {
    cwd: ROOT,
    encoding: "utf8",
    env: environment(),
  });
  if (done.status === 0) return done.stdout;
  throw new DemoError(`\`pulumi ${args.join(" ")}\` failed:\n${done.stderr}${done.stdout}`);
}

/** Pulumi with this terminal, for a person. Resolves to its exit code. */
export function runPulumi(args: readonly string[]): Promise<number> {
  const child = spawn(pulumiBinary(), withSettings(args), {
    cwd: ROOT,
    env: environment(),
    stdio: "inherit",
  });
  // The terminal sends Ctrl-C to Pulumi as well, which ends in good order; this process waits for it.
  process.on("SIGINT", () => undefined);
  return exitCode(child);
}

/** Pulumi's operation, its output passed on indented. Resolves to the exit code and what was printed. */
export async function streamPulumi(args: readonly string[]): Promise<{ code: number; output: string }> {
  const color = process.stdout.isTTY ? "always" : "never";
  const child = spawn(pulumiBinary(), [...withSettings(args), "--non-interactive", "--color", color], {
    cwd: ROOT,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.on("SIGINT", () => undefined);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      if (!NOISE.some((pattern) => pattern.test(stripVTControlCharacters(line))))
        process.stdout.write(line === "" ? "\n" : `    ${line}\n`);
    });
  }
  return { code: await exitCode(child), output: lines.join("\n") };
}

function exitCode(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

function withSettings(args: readonly string[]): readonly string[] {
  const verb = args.find((word) => !word.startsWith("-")) ?? "";
  return USES_SETTINGS.includes(verb) ? [...args, "--config-file", DEMO.settings] : args;
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [dirname(pulumiBinary()), process.env["PATH"] ?? ""].join(delimiter),
    // No resolver knows the demo's name: taking it away need not wait until it is forgotten.
    OFFLOAD_SKIP_WAITS: "1",
    PULUMI_BACKEND_URL: `file://${DEMO.state}`,
    // Where both are set, Pulumi takes this one before the file.
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: DEMO.passphrase,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_HOME: DEMO.pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_STACK: STACK,
  };
}

function pulumiBinary(): string {
  const binary = process.env["TLS_OFFLOAD_PULUMI_BIN"];
  if (binary === undefined)
    throw new DemoError("Run this through `npm start`, `npm stop` or `npm run pulumi -- ...`");
  return binary;
}

function projectName(): string {
  return /^name: *(\S+)/m.exec(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"))?.[1] ?? "";
}
