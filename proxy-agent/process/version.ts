import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The package's version; a test compares it with package.json. */
export const AGENT_VERSION = "0.1.0";

/** The file that runs: the bundle, which starts the other processes too. */
export function bundleFile(): string {
  return process.argv[1] ?? "";
}

export function bundleSha256(): string {
  return createHash("sha256").update(readFileSync(bundleFile())).digest("hex");
}
