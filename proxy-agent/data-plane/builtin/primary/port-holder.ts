import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isIPv6 } from "node:net";

const LISTENING = "0A";

/** "nginx (pid 123)": who listens on that port, as far as this process may see; else "another process". */
export function portHolder(address: string, port: number): string {
  const inodes = new Set(
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listeners(file, address, port)),
  );
  for (const pid of inodes.size === 0 ? [] : entries("/proc").filter((name) => /^\d+$/.test(name))) {
    const sockets = entries(`/proc/${pid}/fd`).map((descriptor) =>
      socketInode(`/proc/${pid}/fd/${descriptor}`),
    );
    if (sockets.some((inode) => inode !== undefined && inodes.has(inode))) {
      return `${read(`/proc/${pid}/comm`).trim()} (pid ${pid})`;
    }
  }
  return "another process";
}

/** The inodes of listening sockets that are in the way of this address and port. */
function listeners(file: string, address: string, port: number): string[] {
  const wanted = hexAddress(address);
  return read(file)
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", , state]) => {
      const [localAddress = "", localPort = ""] = local.split(":");
      const isAny = /^0+$/.test(localAddress) || /^0+$/.test(wanted);
      return (
        state === LISTENING && Number.parseInt(localPort, 16) === port && (isAny || localAddress === wanted)
      );
    })
    .map((columns) => columns[9] ?? "");
}

/** As the kernel prints it, in the machine's (little-endian) order. IPv6: any, the port alone must do. */
function hexAddress(address: string): string {
  return isIPv6(address)
    ? "0"
    : Buffer.from(address.split(".").map(Number).reverse()).toString("hex").toUpperCase();
}

function socketInode(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
