import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DnsPrimary } from "./primary";

const run = promisify(execFile);

/** What Knot's own tool is answered with the key: "www.example.test. 600 IN A 192.0.2.1", one space between fields. */
export async function kdig(primary: DnsPrimary, name: string, type: string): Promise<string[]> {
  const { address, port, key } = primary;
  const server = [`@${address}`, "-p", String(port), "-y", `${key.algorithm}:${key.name}:${key.secret}`];
  const shown = ["+tcp", "+norecurse", "+noall", "+answer", "+retry=0", "+time=5"];
  const { stdout } = await run("/usr/bin/kdig", [...server, ...shown, name, type]);
  const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  return lines.map((line) => line.split(/\s+/).join(" "));
}
