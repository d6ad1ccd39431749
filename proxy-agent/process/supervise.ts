import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { STATE_FILES } from "../contract/api";
import { LIMITS } from "../contract/limits";
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

async function keepRunning(
  role: Role,
  { stateDir, log, signal }: SuperviseOptions,
  children: Children,
): Promise<void> {
  let delaySeconds = FIRST_DELAY_SECONDS;
  while (!signal.aborted) {
    const started = performance.now();
    const living = await watchRole(stateDir, role);
    if (living !== undefined) {
      log.info("adopted", { what: role });
      await Promise.race([living.ended, aborted(signal)]);
      living.stop();
    } else {
      const child = start(role, stateDir);
      children.set(role, child);
      await untilEnd(role, child, log, signal);
    }
    const lived = (performance.now() - started) / 1_000;
    delaySeconds = lived >= STABLE_SECONDS ? FIRST_DELAY_SECONDS : delaySeconds;
    await delay(delaySeconds * 1_000, undefined, { signal }).catch(() => undefined);
    delaySeconds = Math.min(delaySeconds * 2, LIMITS.restartDelaySecondsMax);
  }
}

/** In a process group of its own: what ends the supervisor's terminal or group does not end the traffic. */
function start(role: Role, stateDir: string): ChildProcess {
  const logs = join(stateDir, STATE_FILES.logs);
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  // What Node itself says when it dies; each start begins the file anew, so it stays small.
  const last = openSync(join(logs, `${role}.stderr`), "w", 0o600);
  try {
    return spawn(process.execPath, [bundleFile(), role, "--state-dir", stateDir], {
      detached: true,
      stdio: ["ignore", "ignore", last],
    });
  } finally {
    closeSync(last);
  }
}

async function untilEnd(role: Role, child: ChildProcess, log: Logger, signal: AbortSignal): Promise<void> {
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, name) => {
      resolve(name ?? `exit code ${String(code)}`);
    });
    child.once("error", (error) => {
      resolve(error.message);
    });
  });
  log.info("started", { what: role, pid: child.pid ?? 0 });
  const how = await Promise.race([ended, aborted(signal)]);
  if (how !== undefined) {
    log.warn("ended", { what: role, how });
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(undefined);
    }
    signal.addEventListener("abort", () => {
      resolve(undefined);
    });
  });
}
