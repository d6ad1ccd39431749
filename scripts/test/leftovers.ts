import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const GRACE_SECONDS = 3;
const POLL_MILLISECONDS = 50;

/** Ends what tests of this run started and forgot (daemons included), and names it. */
export async function endLeftovers(directory: string): Promise<string[]> {
  const marker = `TLS_OFFLOAD_TEST_RUN=${directory}\0`;
  await vanish(marker);
  const left = marked(marker);
  const names = left.map((pid) => `${pid} ${commandLineOf(pid)}`);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of marked(marker)) end(pid, signal);
    await vanish(marker);
  }
  return [...names, ...removeNetworks(directory)];
}

/** Of test hosts, when who was to take them away was killed. All else of a host goes with its processes. */
function removeNetworks(directory: string): string[] {
  const links = readdirSync("/sys/class/net").filter(
    (name) => read(`/sys/class/net/${name}/ifalias`).trim() === directory,
  );
  for (const link of links) spawnSync("ip", ["link", "del", link]);
  return links.map((link) => `network ${link}`);
}

/** A child that is just ending is no leftover. */
async function vanish(marker: string): Promise<void> {
  const deadline = performance.now() + GRACE_SECONDS * 1_000;
  while (marked(marker).length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** Every process inherits its environment, however far it detaches itself. */
function marked(marker: string): string[] {
  return readdirSync("/proc").filter(
    (name) =>
      /^\d+$/.test(name) && name !== String(process.pid) && read(`/proc/${name}/environ`).includes(marker),
  );
}

function commandLineOf(pid: string): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function end(pid: string, signal: NodeJS.Signals): void {
  try {
    process.kill(Number(pid), signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
