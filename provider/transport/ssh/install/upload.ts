import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { HOST_LAYOUT, LIMITS } from "tls-offload-agent/contract";
import type { Bundle } from "../../local/bundle";
import { asRoot, type RootLogin } from "../root";
import { quoted } from "../shell";
import type { Runtime } from "./node";

/** Enough of the hash for a folder's name. */
const FOLDER_HASH_CHARACTERS = 16;
/** What an upload that was cut off left behind goes with a later one; never that of somebody who is at it. */
const STALE_MINUTES = 60;

function bundlePath({ sha256 }: Pick<Bundle, "sha256">): string {
  return `${HOST_LAYOUT.bundles}/${sha256.slice(0, FOLDER_HASH_CHARACTERS)}/agent.cjs`;
}

/** Puts the agent on the host; nobody runs it yet. */
export async function uploadBundle(login: RootLogin, bundle: Bundle): Promise<string> {
  const input = await readFile(bundle.file);
  const path = bundlePath(bundle);
  const script = `${receive(input)}
chmod 644 "$incoming/content"
mkdir -p ${quoted(dirname(path))}
sync "$incoming/content"
mv -f "$incoming/content" ${quoted(path)}
`;
  await asRoot(login, {
    script,
    input,
    doing: "sending the agent",
    timeoutSeconds: LIMITS.hostUploadSeconds,
  });
  return path;
}

/** Puts a Node runtime, as npm packs it, on the host. One that works stays: an agent may be starting from it. */
export async function uploadRuntime(login: RootLogin, runtime: Runtime, input: Buffer): Promise<void> {
  const folder = quoted(runtime.folder);
  const script = `${receive(input)}
mkdir "$incoming/node"
tar -xzf "$incoming/content" -C "$incoming/node" --no-same-owner --strip-components=1 package/bin/node package/LICENSE
"$incoming/node/bin/node" --version >/dev/null
sync "$incoming/node/bin/node"
mkdir -p ${quoted(dirname(runtime.folder))}
if ! ${folder}/bin/node --version >/dev/null 2>&1; then
  rm -rf ${folder}
  mv -T "$incoming/node" ${folder}
fi
`;
  const doing = `bringing Node ${runtime.version}`;
  await asRoot(login, { script, input, doing, timeoutSeconds: LIMITS.hostUploadSeconds });
}

/**
 * Standard input as $incoming/content, on the file system where it is to be, gone when the script ends. A connection
 * that is cut looks like the end of the input: only the hash tells.
 */
function receive(content: Buffer): string {
  const sha256 = createHash("sha256").update(content).digest("hex");
  const { root } = HOST_LAYOUT;
  return `trap 'exit 1' HUP INT TERM PIPE
mkdir -p ${root}
find ${root} -maxdepth 1 -name '.incoming.*' -mmin +${STALE_MINUTES} -exec rm -rf {} +
incoming=$(mktemp -d ${root}/.incoming.XXXXXXXX)
trap 'rm -rf "$incoming"' EXIT
cat >"$incoming/content"
[ "$(sha256sum <"$incoming/content" | cut -c1-64)" = ${sha256} ] || { echo 'what arrived is not what was sent' >&2; exit 1; }`;
}
