import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { HOST_LIMITS } from "./limits";

const CACHE = "/var/cache/tls-offload-test";

/** File systems that all hosts share, read only. */
export interface SharedRoot {
  /** A small Debian. */
  readonly root: string;
  /** Nothing but this machine's Node, as /usr/local/bin/node. */
  readonly node: string;
}

/** Made at the first use on a machine, which takes about a minute and says so; then cached. */
export async function sharedRoot(): Promise<SharedRoot> {
  const suite = ownSuite();
  const build = spawn(
    "sh",
    [join(__dirname, "build-root.sh"), CACHE, suite, mirrorOf(suite), process.execPath],
    { stdio: ["ignore", "pipe", "inherit"], timeout: HOST_LIMITS.rootSeconds * 1_000 },
  );
  const printed = text(build.stdout);
  const [code] = (await once(build, "exit")) as [number | null];
  const [root, node] = (await printed).trim().split("\n");
  if (code !== 0 || root === undefined || node === undefined) {
    throw new Error(`The file systems of the test hosts could not be made (code ${String(code)})`);
  }
  return { root, node };
}

/** Hosts are of the kind that this machine is: then its Node runs on them, and its mirror has them. */
function ownSuite(): string {
  const release = readFileSync("/etc/os-release", "utf8");
  const suite = /^VERSION_CODENAME="?([\w-]+)/m.exec(release)?.[1];
  if (suite === undefined) throw new Error("/etc/os-release names no release: is this a Debian?");
  return suite;
}

function mirrorOf(suite: string): string {
  const format = "$(CODENAME) $(COMPONENT) $(REPO_URI)";
  const sources = execFileSync("apt-get", ["indextargets", "--format", format], { encoding: "utf8" });
  const [, mirror] = new RegExp(`^${suite} main (\\S+)$`, "m").exec(sources) ?? [];
  if (mirror === undefined) throw new Error(`apt knows no mirror of ${suite}`);
  return mirror;
}
