import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The package's version; a test compares it with package.json. */
export const AGENT_VERSION = "0.1.0";

/**
 * Found out once, at start: on a host the unit names the link `current`, and after an upgrade it leads to another
 * version, from which a data plane that goes on must not take its workers.
 */
const BUNDLE = behindLink(process.argv[1] ?? "");

/** The file that runs: the bundle, which starts the other processes too. */
export function bundleFile(): string {
  return BUNDLE;
}

export function bundleSha256(): string {
  return createHash("sha256").update(readFileSync(bundleFile())).digest("hex");
}

/** The same file, when the folder that it is in is a link. */
function behindLink(file: string): string {
  const folder = dirname(file);
  try {
    return join(resolve(dirname(folder), readlinkSync(folder)), basename(file));
  } catch {
    return file;
  }
}
