import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
const TRAFFIC_ROLES: ReadonlySet<string> = new Set(["data-plane", "data-plane-worker"]);
/** Named to be the last of all drop-ins. */
const KEEP_TRAFFIC_FILE = `/run/systemd/system/${HOST_LAYOUT.unit}.d/zz-keep-traffic.conf`;

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

/** Roles that no supervisor ended, because theirs had died; those of the version that `bundle` is stay. */
async function endLeftOver(cgroup: string, bundle: string | null): Promise<void> {
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

/** Whether a data plane runs, or what is left of one. */
export async function hasTraffic(): Promise<boolean> {
  const { cgroup } = await unitState();
  return pidsOf(cgroup).some((pid) => commandLine(pid).some((word) => TRAFFIC_ROLES.has(word)));
}

/**
 * Ends all of the agent but the data plane. It is systemd that has to end the supervisor, or it would start the next
 * one, and it has to do that by the signal that keeps the traffic.
 */
export async function stopKeepingTraffic(): Promise<void> {
  const { cgroup } = await unitState();
  mkdirSync(dirname(KEEP_TRAFFIC_FILE), { recursive: true });
  writeFileSync(KEEP_TRAFFIC_FILE, `[Service]\nKillSignal=${KEEP_DATA_PLANE_SIGNAL}\n`);
  try {
    await reloadUnits();
    await run("systemctl", ["stop", HOST_LAYOUT.unit]);
  } finally {
    rmSync(KEEP_TRAFFIC_FILE, { force: true });
    if (readdirSync(dirname(KEEP_TRAFFIC_FILE)).length === 0) rmdirSync(dirname(KEEP_TRAFFIC_FILE));
  }
  await endLeftOver(cgroup, null);
  await reloadUnits();
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
