import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { instanceHash } from "./role-lock";

const MARK = "TLS_OFFLOAD_INSTANCE";
const PURPOSE = "data-plane-worker";
const POLL_MILLISECONDS = 20;

/** Called by the data-plane process before it starts workers, which inherit the mark. */
export function markWorkers(stateDir: string): void {
  process.env[MARK] = instanceHash(stateDir, PURPOSE);
}

/**
 * Ends all data-plane workers of this state directory. They outlive the process that started them for as long as
 * they have connections, so they are known by their mark and not by their parent.
 */
export async function stopWorkers(stateDir: string): Promise<void> {
  const mark = `${MARK}=${instanceHash(stateDir, PURPOSE)}`;
  for (let left = markedPids(mark); left.length > 0; left = markedPids(mark)) {
    left.forEach(kill);
    await delay(POLL_MILLISECONDS);
  }
}

function markedPids(mark: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isMarked(name, mark))
    .map(Number);
}

function isMarked(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return;
  }
}
