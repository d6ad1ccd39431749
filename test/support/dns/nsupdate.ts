import { spawn } from "node:child_process";
import { once } from "node:events";
import type { DnsPrimary } from "./primary";

const NSUPDATE = "/usr/bin/nsupdate";

/** Changes a zone as a person does: "update add www.example.test. 60 A 192.0.2.1". Fails with what it printed. */
export async function nsupdate(primary: DnsPrimary, ...commands: readonly string[]): Promise<void> {
  const { code, said } = await run(primary, commands);
  if (code !== 0) throw new Error(`nsupdate ended with ${code}: ${said}`);
}

/** What `nsupdate -d` says of prerequisites alone, such as "prereq yxrrset www.example.test. CNAME": the response code. */
export async function testedByNsupdate(
  primary: DnsPrimary,
  ...prerequisites: readonly string[]
): Promise<string> {
  const { said } = await run(primary, prerequisites, "-d");
  return /Reply from update query:\n;; ->>HEADER<<- opcode: UPDATE, status: (\w+)/.exec(said)?.[1] ?? said;
}

async function run(
  primary: DnsPrimary,
  commands: readonly string[],
  ...options: readonly string[]
): Promise<{ code: number | null; said: string }> {
  const { address, port, zone, key } = primary;
  const lines = [
    `server ${address} ${port}`,
    `zone ${zone}.`,
    `key ${key.algorithm}:${key.name} ${key.secret}`,
    ...commands,
    "send",
  ];
  const child = spawn(NSUPDATE, ["-v", ...options], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  child.stdin.end(`${lines.join("\n")}\n`);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}
