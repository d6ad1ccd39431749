import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isIPv6 } from "node:net";

/** States in /proc/net: a TCP socket that listens, a UDP socket that is bound and not connected. */
const HOLDS = { tcp: "0A", udp: "07" } as const;

/** "nginx (pid 123)": who has that port, as far as this process may see; else "another process". */
export function portHolder(transport: "tcp" | "udp", address: string, port: number): string {
  // IPv6 sockets of ours are IPv6 alone: no IPv4 socket is in their way.
  const tables = [...(isIPv6(address) ? [] : [`/proc/net/${transport}`]), `/proc/net/${transport}6`];
  const links = new Set(
    tables.flatMap((table) => inodesOf(table, HOLDS[transport], address, port)).map((it) => `socket:[${it}]`),
  );
  for (const pid of links.size === 0 ? [] : entries("/proc").filter((name) => /^\d+$/.test(name))) {
    if (entries(`/proc/${pid}/fd`).some((descriptor) => links.has(link(`/proc/${pid}/fd/${descriptor}`)))) {
      return `${read(`/proc/${pid}/comm`).trim()} (pid ${pid})`;
    }
  }
  return "another process";
}

/** The inodes of the sockets that are in the way of this address and port. */
function inodesOf(table: string, state: string, address: string, port: number): string[] {
  const wanted = hexAddress(address);
  return read(table)
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === state)
    .filter(([, local = ""]) => {
      const [localAddress = "", localPort = ""] = local.split(":");
      const isAny = /^0+$/.test(localAddress) || /^0+$/.test(wanted);
      return Number.parseInt(localPort, 16) === port && (isAny || localAddress === wanted);
    })
    .map((columns) => columns[9] ?? "");
}

/** As the kernel prints it, in the machine's (little-endian) order. IPv6: any, the port alone must do. */
function hexAddress(address: string): string {
  return isIPv6(address)
    ? "0"
    : Buffer.from(address.split(".").map(Number).reverse()).toString("hex").toUpperCase();
}

// Processes come and go while they are looked at, and other users' are closed to us.

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
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
