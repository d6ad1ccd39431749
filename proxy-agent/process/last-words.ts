import { mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { STATE_FILES } from "../contract/api";
import type { Role } from "./role-lock";

/**
 * Where Node itself says why a role dies. Each start begins the file anew, so it stays small; what the last one that
 * said anything had to say stays in `<file>.1`, because a role that keeps dying is mostly being started. undefined: no disk.
 */
export function openLastWords(role: Role, stateDir: string): number | undefined {
  const logs = join(stateDir, STATE_FILES.logs);
  const file = join(logs, `${role}.stderr`);
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) renameSync(file, `${file}.1`);
    return openSync(file, "w", 0o600);
  } catch {
    return undefined;
  }
}
