import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { STATE_FILES } from "tls-offload-agent/contract";
import { hashOf, type Bundle } from "./bundle";
import { isNewer } from "./version";

const VERSION_SECONDS = 10;
const run = promisify(execFile);

/** The newest of the bundles that were ever copied to this host; one that is damaged or does not run is none. */
export async function newestInstalled(stateDir: string): Promise<Bundle | undefined> {
  const folder = join(stateDir, STATE_FILES.bundles);
  const names = await readdir(folder).catch(() => []);
  let newest: Bundle | undefined;
  for (const name of names) {
    const bundle = await installed(join(folder, name, "agent.cjs"), name);
    if (bundle !== undefined && (newest === undefined || isNewer(bundle.version, newest.version))) {
      newest = bundle;
    }
  }
  return newest;
}

async function installed(file: string, hashPrefix: string): Promise<Bundle | undefined> {
  const sha256 = await hashOf(file);
  if (sha256 === undefined || !sha256.startsWith(hashPrefix)) return undefined;
  try {
    const { stdout } = await run(process.execPath, [file, "version"], { timeout: VERSION_SECONDS * 1_000 });
    return { file, sha256, version: stdout.trim() };
  } catch {
    return undefined;
  }
}
