import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runLogged, SetupError } from "../setup/command.mjs";
import { PINNED_VERSION } from "./version.mjs";

const INSTALLER = "https://get.pulumi.com";
const REACH_MILLISECONDS = 5_000;
const INSTALL_MILLISECONDS = 10 * 60_000;

/**
 * Pulumi's own installer, at a pinned version, into `folder`. Gives up soon where its site cannot be reached.
 *
 * @param {string} folder an existing folder; gets the executables
 * @param {(detail: string) => void} update
 * @param {string} url for tests
 * @returns {Promise<void>} rejects with a SetupError that says why it did not work
 */
export async function installOfficially(folder, update, url = INSTALLER) {
  update("looking for Pulumi's installer");
  const script = await fetchScript(url);
  update("Pulumi's installer is downloading");
  const root = join(folder, "installed");
  writeFileSync(join(folder, "install.sh"), script);
  await runLogged(
    ["sh", join(folder, "install.sh"), "--version", PINNED_VERSION, "--install-root", root, "--no-edit-path"],
    { cwd: folder, log: "pulumi-installer", timeoutMilliseconds: INSTALL_MILLISECONDS },
  );
  cpSync(join(root, "bin"), folder, { recursive: true });
  rmSync(root, { recursive: true });
  rmSync(join(folder, "install.sh"));
}

async function fetchScript(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(REACH_MILLISECONDS) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return await answer.text();
  } catch (error) {
    throw new SetupError(`${url} cannot be reached (${error.cause?.code ?? error.message})`, {
      cause: error,
    });
  }
}
