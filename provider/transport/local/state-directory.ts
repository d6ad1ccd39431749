import { chmod, mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { OffloadError, STATE_FILES } from "tls-offload-agent/contract";

/** What the agent keeps beside the files that the contract names. */
const INTERNAL_FILES = ["instance-id", "pids"] as const;

/** Owner-only from the start; throws STATE_DIRECTORY_UNUSABLE. */
export async function makeStateDirectory(host: string, directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
  } catch (error) {
    throw unusable(host, directory, error);
  }
}

/** STATE_DIRECTORY_UNUSABLE: the disk is full, something else is there, it belongs to somebody else. */
export function unusable(host: string, directory: string, error: unknown): OffloadError {
  const detail = error instanceof Error ? error.message : String(error);
  const parameters = { directory, detail };
  return new OffloadError("STATE_DIRECTORY_UNUSABLE", `host ${host}`, parameters, { cause: error });
}

/** Whether an agent was ever installed there. */
export async function hasAgent(directory: string): Promise<boolean> {
  const bundles = await stat(join(directory, STATE_FILES.bundles)).catch(() => null);
  return bundles !== null;
}

/** Removes what the agent put there and nothing else; the directory too when nothing else is in it. */
export async function removeStateDirectory(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter(isOurs)) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  await rmdir(directory).catch(() => undefined);
}

function isOurs(name: string): boolean {
  const ours: readonly string[] = [...Object.values(STATE_FILES), ...INTERNAL_FILES];
  // Files on their way to be renamed carry the name that they will have, and more.
  return ours.some((file) => name === file || name.startsWith(`${file}.`) || name.startsWith(`.${file}.`));
}
