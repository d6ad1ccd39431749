import { spawn } from "node:child_process";
import { once } from "node:events";
import type { TsigKey } from "../../../provider/dns/tsig/key";
import { trackProcess } from "../workspace";
import { programsMissing } from "./missing";

export const UPDATE_TOOLS = ["nsupdate", "knsupdate"] as const;
export type UpdateTool = (typeof UPDATE_TOOLS)[number];

/** Whom a tool sends to, and how. Names end in a dot, so that no tool makes another one of them. */
export interface ToolTask {
  readonly port: number;
  readonly zone: string;
  readonly key: TsigKey;
  readonly transport: "tcp" | "udp";
  /** "prereq nxdomain www.example.test.", "update add www.example.test. 600 A 192.0.2.1" */
  readonly commands: readonly string[];
}

/** Sends one update with another program than ours. Answers what it printed, and whether it was content. */
export async function runUpdateTool(
  tool: UpdateTool,
  { port, zone, key, transport, commands }: ToolTask,
): Promise<{ ok: boolean; output: string }> {
  const lines = [
    `server 127.0.0.1 ${port}`,
    `zone ${zone}`,
    `key ${key.algorithm}:${key.name} ${key.secret.toString("base64")}`,
    ...commands,
    "send",
  ];
  const args = transport === "tcp" ? ["-v"] : [];
  const child = spawn(`/usr/bin/${tool}`, args, { stdio: ["pipe", "pipe", "pipe"] });
  trackProcess(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  child.stdin.end(`${lines.join("\n")}\n`);
  const [code] = (await once(child, "close")) as [number | null];
  return { ok: code === 0, output };
}

/** What is missing for them, for `describeUnless`. */
export function updateToolsMissing(): string | null {
  return programsMissing({ "/usr/bin/nsupdate": "bind9-dnsutils", "/usr/bin/knsupdate": "knot-dnsutils" });
}
