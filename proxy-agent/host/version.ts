import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HOST_LAYOUT } from "../contract/host-layout";
import { AGENT_VERSION, bundleFile } from "../process/version";
import { linkTarget } from "./files";
import { run } from "./run";

/** A version of the agent, as the links say it. */
export interface Version {
  readonly version: string;
  readonly bundle: string;
  readonly sha256: string;
  readonly node: string;
}

/** The one from which this process runs. */
export function ownVersion(node: string): Version {
  const bundle = bundleFile();
  return { version: AGENT_VERSION, bundle, sha256: sha256Of(bundle), node };
}

/** undefined: nothing was installed here, or what the link leads to is gone or does not run. */
export async function versionBefore(): Promise<Version | undefined> {
  const folder = linkTarget(HOST_LAYOUT.current);
  if (folder === undefined) return undefined;
  const bundle = join(folder, "agent.cjs");
  const { status, stdout } = await run(process.execPath, [bundle, "version"]);
  if (status !== 0) return undefined;
  const node = linkTarget(HOST_LAYOUT.node) ?? process.execPath;
  return { version: stdout.trim(), bundle, sha256: sha256Of(bundle), node };
}

/** What a version needs to be started. */
export function pathsOf({ bundle, node }: Version): string[] {
  return [bundle, node];
}

function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
