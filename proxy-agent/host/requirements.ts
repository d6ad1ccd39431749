import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { OffloadError } from "../contract/errors";
import { HOST_LAYOUT, HOST_NODE } from "../contract/host-layout";
import { isNewer } from "../contract/newer";
import type { Account } from "./account";
import { run } from "./run";

/** Throws INSTALL_REFUSED unless this process may and can install here. */
export function checkHost(bundle: string): void {
  checkRoot();
  if (!existsSync("/run/systemd/system")) throw refused("systemd does not run this host");
  if (!bundle.startsWith(join(HOST_LAYOUT.bundles, "/"))) {
    throw refused(`the bundle is ${bundle} and not in ${HOST_LAYOUT.bundles}`);
  }
}

/** Throws INSTALL_REFUSED. */
export function checkRoot(): void {
  if (process.getuid?.() !== 0) throw refused("it takes root");
}

/** Throws INSTALL_REFUSED unless that program is a Node that the agent's user can run inside the unit's sandbox. */
export async function checkNode(node: string, account: Account): Promise<void> {
  if (!isAbsolute(node)) throw refused(`${node} is not an absolute path`);
  const { status, stdout, detail } = await run(node, ["--version"], account);
  if (status !== 0) throw refused(`the user ${HOST_LAYOUT.user} cannot run ${node}: ${detail}`);
  const version = stdout.trim().replace(/^v/, "");
  const { oldest, hidden } = HOST_NODE;
  if (isNewer(oldest, version)) throw refused(`${node} is Node ${version}, it takes ${oldest}`);
  const program = realpathSync(node);
  const folder = hidden.find((one) => node.startsWith(one) || program.startsWith(one));
  if (folder !== undefined) throw refused(`${program} is in ${folder}, which services do not see`);
}

function refused(detail: string): OffloadError {
  return new OffloadError("INSTALL_REFUSED", "", { detail });
}
