import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Which process has a role. Process ids are used again; together with the start time they are not. */
export interface PidRecord {
  readonly pid: number;
  /** Ticks since boot, field 22 of /proc/<pid>/stat. */
  readonly startTime: string;
}

const FOLDER = "pids";
const DEAD_STATES: ReadonlySet<string> = new Set(["Z", "X"]);
/** Field 22, counted from the third. */
const START_TIME_FIELD = 19;

/** Called under the role's lock. A disk that refuses costs `stop` its knowledge, and nobody the service. */
export function recordPid(stateDir: string, role: string): void {
  const record: PidRecord = { pid: process.pid, startTime: startTimeOf(process.pid) ?? "" };
  try {
    mkdirSync(join(stateDir, FOLDER), { recursive: true, mode: 0o700 });
    writeFileSync(join(stateDir, FOLDER, role), JSON.stringify(record), { mode: 0o600 });
  } catch {
    return;
  }
}

/** The recorded process, if it is that very process that is still alive. */
export function livingPid(stateDir: string, role: string): number | undefined {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(join(stateDir, FOLDER, role), "utf8")) as PidRecord;
    return startTimeOf(pid) === startTime ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** undefined: there is no such process, or it is dead and only waits to be reaped by its parent. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return DEAD_STATES.has(fields[0] ?? "") ? undefined : fields[START_TIME_FIELD];
  } catch {
    return undefined;
  }
}
