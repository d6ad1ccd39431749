import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import type { PulumiProject } from "../support/pulumi-cli";

const WORKSPACE = resolve(__dirname, "../..");
const PACKAGES = { "pulumi-tls-offload": "provider", "tls-offload-agent": "proxy-agent" } as const;
const AGENT = "tls-offload-agent/dist/agent.cjs";

/** From now on the project has packages of its own, as after `npm install` of another version, with this agent. */
export function installAgentPackage({ directory }: PulumiProject, change: (program: string) => string): void {
  const modules = join(directory, "node_modules");
  rmSync(modules, { recursive: true });
  mkdirSync(modules);
  const shared = join(WORKSPACE, "node_modules");
  for (const name of readdirSync(shared)) {
    if (!(name in PACKAGES)) symlinkSync(realpathSync(join(shared, name)), join(modules, name));
  }
  for (const [name, folder] of Object.entries(PACKAGES)) {
    for (const part of ["dist", "package.json"]) {
      cpSync(join(WORKSPACE, folder, part), join(modules, name, part), { recursive: true });
    }
  }
  const program = join(modules, AGENT);
  writeFileSync(program, change(readFileSync(program, "utf8")));
}
