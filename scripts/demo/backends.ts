import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readIfThere, writePrivate } from "./files";

const SCRIPT = join(__dirname, "backend.js");
const NAMES = ["ECS01", "ECS02"] as const;
const ANSWER_MILLISECONDS = 2_000;
const STOP_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 20;

/** A server of the demo, in a process of its own. */
export interface Backend {
  readonly name: string;
  readonly port: number;
}

/**
 * ECS01 and ECS02, running: those that still answer, the others started again on the port that they had.
 *
 * @param folder the demo's; its `backends.json` keeps the ports
 */
export async function ensureBackends(folder: string): Promise<readonly Backend[]> {
  const file = join(folder, "backends.json");
  const before = JSON.parse(readIfThere(file) ?? "[]") as readonly Backend[];
  const backends = await Promise.all(
    NAMES.map(async (name) => {
      const known = before.find((each) => each.name === name);
      if (known !== undefined && findProcess(folder, name) !== undefined && (await answers(known)))
        return known;
      await stopProcess(folder, name);
      return startProcess(folder, name, known?.port ?? 0);
    }),
  );
  writePrivate(file, `${JSON.stringify(backends, null, 2)}\n`);
  return backends;
}

/** Ends the backends of this folder's demo; returns when their processes are gone. */
export async function stopBackends(folder: string): Promise<void> {
  await Promise.all(NAMES.map((name) => stopProcess(folder, name)));
}

async function startProcess(folder: string, name: string, port: number): Promise<Backend> {
  const child = fork(SCRIPT, [name, String(port), folder], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const bound = await Promise.race([
    once(child, "message").then(([message]) => message as number),
    once(child, "exit").then(() => undefined),
  ]);
  child.unref();
  if (bound !== undefined) return { name, port: bound };
  if (port !== 0) return startProcess(folder, name, 0);
  throw new Error(`The backend ${name} does not start; run it by hand to see why: node ${SCRIPT} ${name} 0`);
}

async function answers({ name, port }: Backend): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal });
    return answer.headers.get("x-served-by") === name;
  } catch {
    return false;
  }
}

async function stopProcess(folder: string, name: string): Promise<void> {
  const deadline = Date.now() + STOP_MILLISECONDS;
  for (;;) {
    const pid = findProcess(folder, name);
    if (pid === undefined) return;
    process.kill(pid, Date.now() > deadline ? "SIGKILL" : "SIGTERM");
    await sleep(POLL_MILLISECONDS);
  }
}

/** By its command line: a pid from a file may be anybody's by now. */
function findProcess(folder: string, name: string): number | undefined {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) => {
      const words = commandLine(pid);
      return words.includes(SCRIPT) && words.includes(name) && words.includes(folder);
    });
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
