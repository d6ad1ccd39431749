import { spawn } from "node:child_process";
import { once } from "node:events";
import { OffloadError } from "../contract/errors";
import { LIMITS } from "../contract/limits";

const DETAIL_CHARACTERS = 400;

export interface RunOptions {
  readonly uid?: number;
  readonly gid?: number;
  /** Default: LIMITS.installStepSeconds. */
  readonly seconds?: number;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  /** What it said about a failure, in one line. */
  readonly detail: string;
}

/** Runs a program of the host to its end. In a session of its own, so that a cut login does not end it half-way. */
export async function run(
  program: string,
  args: readonly string[],
  { seconds = LIMITS.installStepSeconds, ...options }: RunOptions = {},
): Promise<Ran> {
  const child = spawn(program, args, {
    ...options,
    cwd: "/",
    detached: true,
    env: { ...process.env, LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: seconds * 1_000,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const failed = once(child, "error").then(([error]) => ({ status: null, stdout, detail: String(error) }));
  const closed = once(child, "close").then(([status, signal]: (number | string | null)[]) => {
    const why = oneLine(`${stderr}\n${stdout}`);
    const detail = why === "" ? `${program} ended with ${status ?? signal ?? "nothing"}` : why;
    return { status: typeof status === "number" ? status : null, stdout, detail };
  });
  failed.catch(() => undefined);
  closed.catch(() => undefined);
  return Promise.race([failed, closed]);
}

/** Runs a step that must succeed; throws INSTALL_STEP_FAILED. */
export async function mustRun(program: string, ...args: readonly string[]): Promise<string> {
  const { status, stdout, detail } = await run(program, args);
  if (status === 0) return stdout;
  throw stepFailed([program, ...args].join(" "), detail);
}

/** A step that reads or writes files; throws INSTALL_STEP_FAILED. */
export function step<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw stepFailed(what, error instanceof Error ? error.message : String(error));
  }
}

export function oneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*\n\s*/g, " | ")
    .slice(-DETAIL_CHARACTERS);
}

function stepFailed(what: string, detail: string): OffloadError {
  return new OffloadError("INSTALL_STEP_FAILED", "", { step: what, detail });
}
