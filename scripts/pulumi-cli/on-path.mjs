import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { isUsableVersion } from "./version.mjs";

const LANGUAGE_HOST = "pulumi-language-nodejs";

/** A Pulumi that a person installed: new enough, and with its language host for Node. undefined: there is none. */
export function findOnPath(path = process.env.PATH ?? "") {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  const folder = folders.find((each) => existsSync(join(each, "pulumi")));
  if (folder === undefined) return undefined;
  const binary = join(folder, "pulumi");
  const hasLanguageHost = [dirname(binary), ...folders].some((each) => existsSync(join(each, LANGUAGE_HOST)));
  const answer = spawnSync(binary, ["version"], {
    encoding: "utf8",
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return hasLanguageHost && answer.status === 0 && isUsableVersion(answer.stdout) ? binary : undefined;
}
