import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "./errno";
import { livingPid } from "./pid-record";
import { hasInstance, watchRole, type Role, type RoleWatch } from "./role-lock";
import { stopWorkers } from "./workers";

/** DNS first, so that no name leads here any more; the traffic last. */
export const STOP_ORDER = ["dns", "control", "data-plane"] as const satisfies readonly Role[];

/** Asks a supervisor to stop all but the data plane. */
export const KEEP_DATA_PLANE_SIGNAL = "SIGUSR2";
type StopSignal = "SIGTERM" | typeof KEEP_DATA_PLANE_SIGNAL;

const PATIENCE_SECONDS = 5;
const RECORD_SECONDS = 2;
const POLL_MILLISECONDS = 20;

export interface StopOptions {
  /** For an upgrade: the data plane goes on, and the next supervisor adopts it. */
  readonly keepDataPlane: boolean;
}

/** Stops everything, the supervisor first, so that nothing is started again. Nothing there is fine. */
export async function stopAll(stateDir: string, { keepDataPlane }: StopOptions): Promise<void> {
  if (!hasInstance(stateDir)) {
    return;
  }
  await stopRole(stateDir, "supervise", keepDataPlane ? KEEP_DATA_PLANE_SIGNAL : "SIGTERM");
  // Nothing is left of these unless there was no supervisor.
  for (const role of STOP_ORDER.filter((one) => one !== "data-plane" || !keepDataPlane)) {
    await stopRole(stateDir, role);
  }
}

/** Asks the process that holds the role to end, and ends it when it does not. Returns when the role is free. */
export async function stopRole(stateDir: string, role: Role, signal: StopSignal = "SIGTERM"): Promise<void> {
  await stopHolder(stateDir, role, signal);
  if (role === "data-plane") {
    await stopWorkers(stateDir);
  }
}

async function stopHolder(stateDir: string, role: Role, signal: StopSignal): Promise<void> {
  const watch = await watchRole(stateDir, role);
  if (watch === undefined) {
    return;
  }
  try {
    const pid = await recordedPid(stateDir, role, watch);
    if (pid === "gone") {
      return;
    }
    if (pid === undefined) {
      throw new Error(`the process that has the role ${role} is not known; end it by hand`);
    }
    killIfThere(pid, signal);
    const patience = new AbortController();
    // A supervisor has three others to wait for.
    const seconds = role === "supervise" ? PATIENCE_SECONDS * (STOP_ORDER.length + 1) : PATIENCE_SECONDS;
    const late = delay(seconds * 1_000, "late", { signal: patience.signal }).catch(() => "over");
    if ((await Promise.race([watch.ended, late])) === "late" && livingPid(stateDir, role) === pid) {
      killIfThere(pid, "SIGKILL");
      await watch.ended;
    }
    patience.abort();
  } finally {
    watch.stop();
  }
}

/** What is to be ended may end by itself a moment before. */
function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") {
      throw error;
    }
  }
}

/** A process that has just taken its role may not have written its record yet; or it ends while we look. */
async function recordedPid(
  stateDir: string,
  role: Role,
  watch: RoleWatch,
): Promise<number | "gone" | undefined> {
  const until = performance.now() + RECORD_SECONDS * 1_000;
  const gone = watch.ended.then(() => "gone" as const);
  for (;;) {
    const pid = livingPid(stateDir, role);
    if (pid !== undefined || performance.now() > until) {
      return pid;
    }
    if ((await Promise.race([gone, delay(POLL_MILLISECONDS, "there")])) === "gone") {
      return "gone";
    }
  }
}
