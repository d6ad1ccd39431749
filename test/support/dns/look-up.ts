import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DnsPrimary } from "./primary";

const run = promisify(execFile);

const TOOLS = { bind: "/usr/bin/dig", knot: "/usr/bin/kdig" } as const;

/** The answer as the server's own tool prints it: "www.example.test. 600 IN CNAME web.lb.example.test.", TTL and all. */
export async function lookUp(
  { kind, address, port }: DnsPrimary,
  name: string,
  type: string,
): Promise<string[]> {
  const question = [`@${address}`, "-p", String(port), "+noall", "+answer", name, type];
  const { stdout } = await run(TOOLS[kind], question);
  const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  return lines.map((line) => line.split(/\s+/).join(" "));
}
