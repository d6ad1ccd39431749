import { dirname } from "node:path";
import { OffloadError } from "../contract/errors";
import { HOST_LAYOUT } from "../contract/host-layout";
import { LIMITS } from "../contract/limits";
import { isNewer } from "../contract/newer";
import { ensureAccount, ensureStateDirectory, findAccount, type Account } from "./account";
import { ensureFile, ensureLink, type Undo } from "./files";
import { checkHost, checkNode } from "./requirements";
import { mustRun, run, step } from "./run";
import { isServing, lastWords, waitUntilServing } from "./serving";
import { hasTraffic, reloadUnits, restartKeepingTraffic } from "./systemd";
import { takeBack, type Before } from "./take-back";
import { commandText, unitText } from "./unit";
import { isEnabled } from "./unit-drift";
import { ownVersion, pathsOf, versionBefore, type Version } from "./version";
import { removeOtherVersions } from "./versions";

export interface Installed {
  /** repaired: this version was there already, but not all of it, or it did not serve. */
  readonly state: "installed" | "upgraded" | "unchanged" | "repaired";
  readonly version: string;
}

export type Progress = (text: string) => void;

/**
 * Makes this host run the agent from which it is called. Whatever was done is taken back when a step fails or the
 * new agent does not serve: the one before serves again, and of a first installation nothing is left. Where the one
 * before does not run any more, its data plane goes on.
 */
export async function install(node: string, progress: Progress): Promise<Installed> {
  const own = ownVersion(node);
  checkHost(own.bundle);
  const before: Before = { version: await versionBefore(), hasTraffic: await hasTraffic() };
  const old = before.version;
  if (old !== undefined && isNewer(old.version, own.version)) {
    throw new OffloadError("AGENT_NEWER", "", { version: old.version, own: own.version });
  }
  const undos: Undo[] = [];
  let account: Account | undefined;
  const since = Date.now();
  let activated = false;
  try {
    account = await prepare(own, undos, progress);
    const isAsBefore = undos.length === 0;
    await enable(undos);
    if (isAsBefore && (await isServing(own.sha256))) {
      return { state: undos.length === 0 ? "unchanged" : "repaired", version: own.version };
    }
    await reloadUnits();
    activated = true;
    progress(`starting agent ${own.version}`);
    await restartKeepingTraffic(own.bundle);
    if (!(await waitUntilServing(own.sha256))) {
      throw notServing(own, before, await lastWords(account, since));
    }
  } catch (error) {
    progress("taking back what was done");
    throw await takeBack({ own, before, undos, activated, account, error });
  }
  const isOther = old?.sha256 !== own.sha256;
  if (isOther) removeOtherVersions([own, ...(old === undefined ? [] : [old])].flatMap(pathsOf));
  const state = old === undefined ? "installed" : isOther ? "upgraded" : "repaired";
  return { state, version: own.version };
}

async function prepare(own: Version, undos: Undo[], progress: Progress): Promise<Account> {
  const did = (undo: Undo | undefined): void => {
    if (undo !== undefined) undos.push(undo);
  };
  did(await ensureAccount());
  const account = await findAccount();
  if (account === undefined) {
    throw new OffloadError("INSTALL_STEP_FAILED", "", {
      step: "make the agent's user",
      detail: "it is not there",
    });
  }
  await checkNode(own.node, account);
  progress("writing the unit, the command and the links");
  const { command, current, node, unitFile } = HOST_LAYOUT;
  did(ensureStateDirectory(account));
  did(step(`write ${command}`, () => ensureFile(command, commandText(), 0o755)));
  did(step(`write ${unitFile}`, () => ensureFile(unitFile, unitText(), 0o644)));
  did(step(`point ${node}`, () => ensureLink(node, own.node)));
  did(step(`point ${current}`, () => ensureLink(current, dirname(own.bundle))));
  return account;
}

async function enable(undos: Undo[]): Promise<void> {
  if (isEnabled()) return;
  await mustRun("systemctl", "enable", "--quiet", HOST_LAYOUT.unit);
  undos.push(async () => {
    await run("systemctl", ["disable", "--quiet", HOST_LAYOUT.unit]);
  });
}

function notServing(own: Version, { version: old, hasTraffic }: Before, tail: string): OffloadError {
  const parameters = { seconds: LIMITS.agentStartSeconds, version: own.version, tail };
  if (old !== undefined)
    return new OffloadError("AGENT_UPGRADE_UNDONE", "", { ...parameters, oldVersion: old.version });
  if (hasTraffic) return new OffloadError("AGENT_REPAIR_FAILED", "", parameters);
  const log = `journalctl -u ${HOST_LAYOUT.unit}`;
  return new OffloadError("AGENT_NOT_STARTED", "", { ...parameters, log });
}
