import { readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { HOST_LAYOUT } from "../contract/host-layout";

/**
 * Removes bundles and runtimes except those to keep and those that a process still runs from: a data plane may have
 * gone on through several upgrades. `keep`: paths of such a folder, or inside it.
 */
export function removeOtherVersions(keep: readonly string[]): void {
  const used = [...keep, ...usedPaths()];
  for (const parent of [HOST_LAYOUT.bundles, HOST_LAYOUT.runtimes]) {
    for (const name of entries(parent)) {
      const folder = join(parent, name);
      if (!used.some((path) => path === folder || path.startsWith(folder + sep))) {
        read(() => {
          rmSync(folder, { recursive: true, force: true });
          return "";
        });
      }
    }
  }
}

/** Removes the agent's folders that have become empty. */
export function removeEmptyFolders(): void {
  for (const folder of [HOST_LAYOUT.bundles, HOST_LAYOUT.runtimes, HOST_LAYOUT.root]) {
    try {
      rmdirSync(folder);
    } catch {
      // Something is in it, or it was never there.
    }
  }
}

/** What the processes of this machine were started from, this one excepted. */
function usedPaths(): string[] {
  return entries("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => [
      read(() => readlinkSync(`/proc/${pid}/exe`)),
      ...read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))
        .split("\0")
        .slice(0, 2),
    ])
    .filter((path) => path.startsWith(HOST_LAYOUT.root + sep));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Processes come and go while they are looked at. */
function read(work: () => string): string {
  try {
    return work();
  } catch {
    return "";
  }
}
