import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { STATE_FILES } from "tls-offload-agent/contract";

/** The agent that this version of the provider carries. */
export interface Bundle {
  readonly file: string;
  readonly sha256: string;
  readonly version: string;
}

/** Enough of the hash for a folder's name. */
const FOLDER_HASH_CHARACTERS = 16;

let carried: Promise<Bundle> | undefined;

export function carriedBundle(): Promise<Bundle> {
  carried ??= readBundle();
  return carried;
}

async function readBundle(): Promise<Bundle> {
  const { resolve } = createRequire(__filename);
  const file = resolve("tls-offload-agent/bundle");
  const manifest = await readFile(resolve("tls-offload-agent/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  return { file, version, sha256: sha256Of(await readFile(file)) };
}

/**
 * Copies the bundle into the state directory, so that a running agent does not depend on node_modules. The folder
 * is named by the content, so that two providers that do this at once write the same thing.
 */
export async function copyBundle(stateDir: string, bundle: Bundle): Promise<string> {
  const folder = join(stateDir, STATE_FILES.bundles, bundle.sha256.slice(0, FOLDER_HASH_CHARACTERS));
  const copy = join(folder, "agent.cjs");
  if ((await hashOf(copy)) === bundle.sha256) return copy;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeAtomically(copy, await readFile(bundle.file));
  return copy;
}

/** SHA-256 of a file; undefined when it cannot be read. */
export async function hashOf(file: string): Promise<string | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content === undefined ? undefined : sha256Of(content);
}

async function writeAtomically(file: string, content: Buffer): Promise<void> {
  const fresh = join(dirname(file), `.${randomBytes(8).toString("hex")}`);
  try {
    const handle = await open(fresh, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    // On a full disk, half a bundle more with each try.
    await rm(fresh, { force: true });
    throw error;
  }
}

function sha256Of(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
