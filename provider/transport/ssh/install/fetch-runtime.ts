import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { HOST_NODE, LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { Runtime } from "./node";

const DETAIL_CHARACTERS = 300;
const run = promisify(execFile);

const fetched = new Map<string, Promise<Buffer>>();

/** The package's file, from the cache or by npm: once in this process, however many hosts want it. Throws NODE_NOT_FETCHED. */
export function fetchRuntime(runtime: Runtime, progress: (text: string) => void): Promise<Buffer> {
  const known = fetched.get(runtime.name);
  if (known !== undefined) return known;
  const fetching = fromCache(runtime, progress);
  fetched.set(runtime.name, fetching);
  // So that the next host, or the next `up` of a long-lived process, tries again.
  fetching.catch(() => fetched.delete(runtime.name));
  return fetching;
}

async function fromCache(runtime: Runtime, progress: (text: string) => void): Promise<Buffer> {
  try {
    const folder = cacheFolder();
    const file = join(folder, `${runtime.name}-${runtime.version}.tgz`);
    const cached = await readFile(file).catch(() => null);
    if (cached !== null && integrityOf(cached) === runtime.integrity) return cached;
    progress(`fetching ${runtime.name} ${runtime.version} by npm, for hosts without a Node that fits`);
    await mkdir(folder, { recursive: true });
    return await pack(runtime, folder, file);
  } catch (error) {
    const name = `${runtime.name}@${runtime.version}`;
    const parameters = { name, wanted: HOST_NODE.oldest, detail: detailOf(error) };
    throw new OffloadError("NODE_NOT_FETCHED", "", parameters, { cause: error });
  }
}

async function pack({ name, version, integrity }: Runtime, folder: string, file: string): Promise<Buffer> {
  const scratch = await mkdtemp(join(folder, ".fetching-"));
  try {
    const args = ["pack", `${name}@${version}`, "--pack-destination", scratch, "--loglevel=error"];
    await run("npm", args, { timeout: LIMITS.nodeFetchSeconds * 1_000, env: withoutSecrets(process.env) });
    const packed = join(scratch, `${name}-${version}.tgz`);
    const content = await readFile(packed);
    const actual = integrityOf(content);
    if (actual !== integrity) throw new Error(`its integrity is ${actual}, not ${integrity}`);
    await rename(packed, file);
    return content;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** npm and what it starts need no login to a host and no passphrase of Pulumi's. */
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(OFFLOAD|PULUMI)_/.test(name)));
}

/** XDG Base Directory Specification: empty and relative ones do not count. */
function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(base) ? base : join(homedir(), ".cache"), "pulumi-tls-offload");
}

function integrityOf(content: Buffer): string {
  return `sha512-${createHash("sha512").update(content).digest("base64")}`;
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  const text = said === "" ? error.message : said;
  return text.replaceAll(/\s+/g, " ").slice(0, DETAIL_CHARACTERS);
}
