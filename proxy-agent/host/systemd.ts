import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HOST_LAYOUT } from "../contract/host-layout";
import { LIMITS } from "../contract/limits";
import { KEEP_DATA_PLANE_SIGNAL } from "../process/stop";
import { mustRun, run } from "./run";

const POLL_MILLISECONDS = 50;
const LEFT_OVER_SECONDS = 5;
/** Of a start alone systemd says three lines for each process that goes on with the traffic. */
const JOURNAL_LINES = 1_000;
/** Version 1 keeps systemd's own hierarchy beside the others. */
const CGROUP_ROOTS = ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"] as const;
/** What a new supervisor would otherwise adopt in the version before. */
const REPLACED_ROLES: ReadonlySet<string> = new Set(["control", "dns"]);

interface UnitState {
  /** 0: the supervisor does not run. */
  readonly mainPid: number;
  readonly cgroup: string;
}

async function unitState(): Promise<UnitState> {
  const properties = ["-p", "MainPID", "-p", "ControlGroup"];
  const { stdout } = await run("systemctl", ["show", HOST_LAYOUT.unit, ...properties]);
  const value = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(stdout)?.[1] ?? "";
  // Between two starts there may be no value, though processes are left.
  const cgroup = value("ControlGroup") || `/system.slice/${HOST_LAYOUT.unit}`;
  return { mainPid: Number(value("MainPID")) || 0, cgroup };
}

export function reloadUnits(): Promise<unknown> {
  return mustRun("systemctl", "daemon-reload");
}

/**
 * Ends the supervisor, control and DNS and starts them as the unit and the links now say. The data plane goes on.
 * Processes are found by what systemd says, never by files that the agent's user could write. `bundle`: the file
 * of the version that shall run; its own processes, which systemd may have started already, stay.
 */
export async function restartKeepingTraffic(bundle: string): Promise<void> {
  const { mainPid, cgroup } = await unitState();
  if (mainPid !== 0) {
    signal(mainPid, KEEP_DATA_PLANE_SIGNAL);
    const gone = async (): Promise<boolean> => (await unitState()).mainPid !== mainPid;
    if (!(await within(LIMITS.agentStopSeconds, gone))) signal(mainPid, "SIGKILL");
  }
  await endLeftOver(cgroup, bundle);
  await mustRun("systemctl", "start", HOST_LAYOUT.unit);
}

/** Roles of another version that no supervisor ended, because theirs had died. */
async function endLeftOver(cgroup: string, bundle: string): Promise<void> {
  const left = (): number[] =>
    pidsOf(cgroup).filter((pid) => {
      const [, file, role = ""] = commandLine(pid);
      return file !== bundle && REPLACED_ROLES.has(role);
    });
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of left()) signal(pid, name);
    await within(LEFT_OVER_SECONDS, () => Promise.resolve(left().length === 0));
  }
}

/** Ends all of the agent, traffic included. */
export async function stopUnit(): Promise<void> {
  const { cgroup } = await unitState();
  await run("systemctl", ["stop", HOST_LAYOUT.unit]);
  for (const pid of pidsOf(cgroup)) signal(pid, "SIGKILL");
  await within(LEFT_OVER_SECONDS, () => Promise.resolve(pidsOf(cgroup).length === 0));
}

/** What the unit said lately, for a message. */
export async function journalTail(sinceSeconds: number): Promise<string> {
  const args = ["-u", HOST_LAYOUT.unit, "-o", "cat", "-n", String(JOURNAL_LINES), "--no-pager", "-q"];
  return (await run("journalctl", [...args, `--since=-${sinceSeconds}s`])).stdout;
}

function pidsOf(cgroup: string): number[] {
  return CGROUP_ROOTS.flatMap((root) => read(join(root, cgroup, "cgroup.procs")).split("\n"))
    .filter((line) => line !== "")
    .map(Number);
}

function commandLine(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split("\0");
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** It may have ended a moment before. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    return;
  }
}

async function within(seconds: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + seconds * 1_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MILLISECONDS);
  }
  return true;
}
