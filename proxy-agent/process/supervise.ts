import { spawn } from "node:child_process";
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
  /** Fires when all shall stop. */
  readonly signal: AbortSignal;
}

/** Keeps the roles running until it is told to stop; then stops them in order. The caller holds the role "supervise". */
export async function supervise(options: SuperviseOptions): Promise<void> {
  await Promise.all(STOP_ORDER.map((role) => keepRunning(role, options)));
  for (const role of STOP_ORDER) {
    await stopRole(options.stateDir, role);
    options.log.info("stopped", { what: role });
  }
}

async function keepRunning(role: Role, { stateDir, log, signal }: SuperviseOptions): Promise<void> {
  let delaySeconds = FIRST_DELAY_SECONDS;
  while (!signal.aborted) {
    const started = performance.now();
    const living = await watchRole(stateDir, role);
    if (living !== undefined) {
      log.info("adopted", { what: role });
      await Promise.race([living.ended, aborted(signal)]);
      living.stop();
    } else {
      await runOnce(role, stateDir, log, signal);
    }
    const lived = (performance.now() - started) / 1_000;
    delaySeconds = lived >= STABLE_SECONDS ? FIRST_DELAY_SECONDS : delaySeconds;
    await delay(delaySeconds * 1_000, undefined, { signal }).catch(() => undefined);
    delaySeconds = Math.min(delaySeconds * 2, LIMITS.restartDelaySecondsMax);
  }
}

/** In a process group of its own: what ends the supervisor's terminal or group does not end the traffic. */
async function runOnce(role: Role, stateDir: string, log: Logger, signal: AbortSignal): Promise<void> {
  const logs = join(stateDir, STATE_FILES.logs);
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  // What Node itself says when it dies; each start begins the file anew, so it stays small.
  const last = openSync(join(logs, `${role}.stderr`), "w", 0o600);
  const child = spawn(process.execPath, [bundleFile(), role, "--state-dir", stateDir], {
    detached: true,
    stdio: ["ignore", "ignore", last],
  });
  closeSync(last);
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
  child.unref();
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
