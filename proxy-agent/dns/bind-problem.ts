import { readFile, readdir, readlink } from "node:fs/promises";
import { OffloadError } from "../contract/errors";
import { errnoOf } from "../process/errno";
import type { Endpoint } from "./endpoint";

/** A bind error of Node as one of ours, naming the process that holds the port where it can be seen. */
export async function bindProblem(endpoint: Endpoint, error: unknown): Promise<OffloadError> {
  const { address, port } = endpoint;
  if (errnoOf(error) === "EADDRINUSE") {
    const process = await holderOf(port);
    return new OffloadError("PORT_IN_USE", "", { address, port, process });
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new OffloadError("ADDRESS_NOT_BINDABLE", "", { address, port, detail });
}

const SOCKET_TABLES = ["/proc/net/udp", "/proc/net/udp6", "/proc/net/tcp", "/proc/net/tcp6"];
const UNKNOWN_PROCESS = "another process";
const TCP_LISTEN = "0A";

/** "named (pid 812)". Other users' processes can be seen by root only. */
async function holderOf(port: number): Promise<string> {
  const tables = await Promise.all(
    SOCKET_TABLES.map(async (table) => socketsOn(await readFile(table, "utf8").catch(() => ""), table, port)),
  );
  const links = new Set(tables.flat().map((inode) => `socket:[${inode}]`));
  const pids = (await readdir("/proc").catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  for (const pid of pids) {
    if (await holdsAny(pid, links)) {
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "process");
      return `${name.trim()} (pid ${pid})`;
    }
  }
  return UNKNOWN_PROCESS;
}

/** Inodes of the sockets that are bound to the port; of TCP's only those that listen. */
function socketsOn(table: string, path: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) === true)
    .filter((fields) => path.includes("udp") || fields[3] === TCP_LISTEN)
    .flatMap((fields) => fields[9] ?? []);
}

async function holdsAny(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "")),
  );
  return targets.some((target) => links.has(target));
}
