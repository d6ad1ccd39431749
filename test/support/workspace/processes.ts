import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const POLL_MILLISECONDS = 20;
const GRACE_SECONDS = 5;

const tracked = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of tracked) child.kill("SIGKILL");
});

/** Ends this process with the test process at the latest. */
export function trackProcess(child: ChildProcess): void {
  tracked.add(child);
  child.once("exit", () => tracked.delete(child));
}

/**
 * Ends the processes whose command line names `directory`: daemons that a provider started for a test and that
 * are nobody's children. Asks first (SIGTERM), then insists (SIGKILL).
 */
export async function endProcessesNaming(directory: string): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of processesNaming(directory)) end(pid, signal);
    const deadline = performance.now() + GRACE_SECONDS * 1_000;
    while (performance.now() < deadline) {
      if (processesNaming(directory).length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  }
}

function processesNaming(directory: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => commandLineOf(pid).includes(directory))
    .map(Number);
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
