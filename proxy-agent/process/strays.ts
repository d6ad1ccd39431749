import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { STATE_FILES } from "../contract/api";
import { errnoOf } from "./errno";
import { ROLES } from "./role-lock";

const WORKER = "data-plane-worker";
/** The supervisor first: it would start the others again. */
const ORDER = [...ROLES, WORKER] as const;
const POLL_MILLISECONDS = 20;

/**
 * Ends what no role leads to any more: the processes of an agent whose state directory was removed, or made anew,
 * while it ran. The locks are named by what was in the directory; what is left to know them by is the command line.
 * Throws when one of them cannot be ended, because it is another user's.
 */
export async function stopStrays(stateDir: string): Promise<void> {
  for (const what of ORDER) {
    for (let left = straysOf(stateDir, what); left.length > 0; left = straysOf(stateDir, what)) {
      left.forEach(kill);
      await delay(POLL_MILLISECONDS);
    }
  }
}

function straysOf(stateDir: string, what: (typeof ORDER)[number]): number[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && isOf(stateDir, what, wordsOf(pid)) && isOfThisMachine(pid))
    .map(Number);
}

function isOf(stateDir: string, what: (typeof ORDER)[number], words: readonly string[]): boolean {
  const at = words.indexOf(what);
  if (at < 1) return false;
  return what === WORKER
    ? (words[at - 1] ?? "").startsWith(join(stateDir, STATE_FILES.bundles, "/"))
    : words[at + 1] === "--state-dir" && words[at + 2] === stateDir;
}

function wordsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** In a container, the same path is another directory. */
function isOfThisMachine(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync("/proc/self/ns/mnt");
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") {
      throw error;
    }
  }
}
