import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { LIMITS } from "../contract/limits";
import { openLastWords } from "./last-words";
import type { Logger } from "./log";
import { watchRole, type Role } from "./role-lock";
import { stopRole, STOP_ORDER } from "./stop";
import { bundleFile } from "./version";

const FIRST_DELAY_SECONDS = 0.1;
/** A process that lived this long did not die of how it was started. */
const STABLE_SECONDS = 10;

export interface SuperviseOptions {
  readonly stateDir: string;
  readonly log: Logger;
  /** Fires when the roles shall stop; its reason says which. */
  readonly signal: AbortSignal;
}

/** Why a supervisor ends: with all roles, or for an upgrade that keeps the traffic. */
export type StopReason = "all" | "keep-data-plane";

type Children = Map<Role, ChildProcess>;

/** Keeps the roles running until it is told to stop; then stops them in order. The caller holds the role "supervise". */
export async function supervise(options: SuperviseOptions): Promise<void> {
  const { stateDir, log, signal } = options;
  const children: Children = new Map();
  await Promise.all(STOP_ORDER.map((role) => keepRunning(role, options, children)));
  const keepDataPlane = signal.reason === ("keep-data-plane" satisfies StopReason);
  for (const role of STOP_ORDER.filter((one) => one !== "data-plane" || !keepDataPlane)) {
    await stopRole(stateDir, role);
    await endStarting(children.get(role));
    await stopRole(stateDir, role);
    log.info("stopped", { what: role });
  }
}

/** A process that was started a moment ago may not have its role yet, and then has nothing to lose. */
async function endStarting(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
}

async function keepRunning(role: Role, options: SuperviseOptions, children: Children): Promise<void> {
  const { log, signal } = options;
  let delaySeconds = FIRST_DELAY_SECONDS;
  while (!signal.aborted) {
    const started = performance.now();
    try {
      await runOnce(role, options, children);
    } catch (error) {
      // Out of descriptors, processes or memory: whatever it is, it may pass, and nobody else starts anything.
      log.error("cannot start", {
        what: role,
        error: error instanceof Error ? error.message : String(error),
      });
    }
    const lived = (performance.now() - started) / 1_000;
    delaySeconds = lived >= STABLE_SECONDS ? FIRST_DELAY_SECONDS : delaySeconds;
    await delay(delaySeconds * 1_000, undefined, { signal }).catch(() => undefined);
    delaySeconds = Math.min(delaySeconds * 2, LIMITS.restartDelaySecondsMax);
  }
}

/** Returns when the process that has the role has ended, or the supervisor shall end. */
async function runOnce(
  role: Role,
  { stateDir, log, signal }: SuperviseOptions,
  children: Children,
): Promise<void> {
  const living = await watchRole(stateDir, role);
  if (living !== undefined) {
    log.info("adopted", { what: role });
    await unlessAborted(signal, living.ended);
    living.stop();
    return;
  }
  const child = start(role, stateDir);
  children.set(role, child);
  log.info("started", { what: role, pid: child.pid ?? 0 });
  const how = await unlessAborted(signal, endOf(child));
  if (how !== undefined) {
    log.warn("ended", { what: role, how });
  }
}

/** In a process group of its own: what ends the supervisor's terminal or group does not end the traffic. */
function start(role: Role, stateDir: string): ChildProcess {
  const last = openLastWords(role, stateDir);
  try {
    return spawn(process.execPath, [bundleFile(), role, "--state-dir", stateDir], {
      detached: true,
      stdio: ["ignore", "ignore", last ?? "ignore"],
    });
  } finally {
    if (last !== undefined) {
      closeSync(last);
    }
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, name) => {
      resolve(name ?? `exit code ${String(code)}`);
    });
    child.once("error", (error) => {
      resolve(error.message);
    });
  });
}

/** Leaves no listener behind: a process that keeps dying would leave thousands. */
function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      resolve(undefined);
    };
    signal.addEventListener("abort", give);
    if (signal.aborted) {
      give();
    }
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", give);
    });
  });
}
