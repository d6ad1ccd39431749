import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { exclusively } from "../setup/lock.mjs";
import { cacheDirectory } from "../setup/paths.mjs";
import { step } from "../setup/progress.mjs";
import { findGo, buildFromModules } from "./from-modules.mjs";
import { installOfficially } from "./installer.mjs";
import { findOnPath } from "./on-path.mjs";
import { PINNED_VERSION } from "./version.mjs";

/**
 * The path of a `pulumi` that runs this workspace's programs: the one on PATH, or the one in the per-user cache,
 * which Pulumi's installer or, where that cannot be reached, the Go toolchain fills once.
 *
 * @returns {Promise<string>}
 */
export async function getPulumi() {
  const onPath = findOnPath();
  if (onPath !== undefined) return onPath;
  const folder = join(cacheDirectory(), `pulumi-${PINNED_VERSION}`);
  const binary = join(folder, "pulumi");
  if (existsSync(binary)) return binary;
  await step(`Get Pulumi ${PINNED_VERSION} (once per user)`, (update) =>
    exclusively(folder, { onWait: () => update("another process is getting it") }, () =>
      fill(folder, update),
    ),
  );
  return binary;
}

async function fill(folder, update) {
  if (existsSync(folder)) return "another process got it";
  const staging = `${folder}.staging`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const how = await installOfficially(staging, update).then(
    () => "with Pulumi's installer",
    async (reason) => {
      await buildFromModules(staging, update, findGo(reason.message));
      return "built from its Go modules";
    },
  );
  renameSync(staging, folder);
  return how;
}
