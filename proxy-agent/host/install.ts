import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OffloadError } from "../contract/errors";
import { HOST_LAYOUT } from "../contract/host-layout";
import { LIMITS } from "../contract/limits";
import { isNewer } from "../contract/newer";
import { AGENT_VERSION, bundleFile } from "../process/version";
import { ensureAccount, ensureStateDirectory, findAccount, type Account } from "./account";
import { ensureFile, ensureLink, linkTarget, type Undo } from "./files";
import { checkHost, checkNode } from "./requirements";
import { mustRun, oneLine, run, step } from "./run";
import { isServing, lastWords, waitUntilServing } from "./serving";
import { reloadUnits, restartKeepingTraffic, stopUnit } from "./systemd";
import { commandText, unitText } from "./unit";
import { isEnabled } from "./unit-drift";
import { removeEmptyFolders, removeOtherVersions } from "./versions";

export interface Installed {
  /** repaired: this version was there already, but not all of it, or it did not serve. */
  readonly state: "installed" | "upgraded" | "unchanged" | "repaired";
  readonly version: string;
}

export type Progress = (text: string) => void;

/** A version of the agent, as the links say it. */
interface Version {
  readonly version: string;
  readonly bundle: string;
  readonly sha256: string;
  readonly node: string;
}

/**
 * Makes this host run the agent from which it is called. Whatever was done is taken back when a step fails or the
 * new agent does not serve: the one before serves again, and of a first installation nothing is left.
 */
export async function install(node: string, progress: Progress): Promise<Installed> {
  const bundle = bundleFile();
  checkHost(bundle);
  const own: Version = { version: AGENT_VERSION, bundle, sha256: sha256Of(bundle), node };
  const before = await versionBefore();
  if (before !== undefined && isNewer(before.version, own.version)) {
    throw new OffloadError("AGENT_NEWER", "", { version: before.version, own: own.version });
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
    throw await takeBack({ undos, activated, before, account, error });
  }
  const isOther = before === undefined || before.sha256 !== own.sha256;
  if (isOther) removeOtherVersions([own, ...(before === undefined ? [] : [before])].flatMap(pathsOf));
  const state = before === undefined ? "installed" : isOther ? "upgraded" : "repaired";
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

function notServing(own: Version, before: Version | undefined, tail: string): OffloadError {
  const parameters = { seconds: LIMITS.agentStartSeconds, tail };
  return before === undefined
    ? new OffloadError("AGENT_NOT_STARTED", "", { ...parameters, log: `journalctl -u ${HOST_LAYOUT.unit}` })
    : new OffloadError("AGENT_UPGRADE_UNDONE", "", {
        ...parameters,
        version: own.version,
        oldVersion: before.version,
      });
}

interface Failure {
  readonly undos: readonly Undo[];
  /** Whether the new version was started, or may have been. */
  readonly activated: boolean;
  readonly before: Version | undefined;
  readonly account: Account | undefined;
  readonly error: unknown;
}

/** Gives the error to end with: the given one, or that even the version before does not serve any more. */
async function takeBack({ undos, activated, before, account, error }: Failure): Promise<unknown> {
  if (activated && before === undefined) await stopUnit();
  for (const undo of [...undos].reverse()) {
    await Promise.resolve()
      .then(undo)
      .catch(() => undefined);
  }
  await reloadUnits().catch(() => undefined);
  if (before === undefined) {
    removeOtherVersions([]);
    removeEmptyFolders();
    return error;
  }
  if (!activated) return error;
  const since = Date.now();
  await restartKeepingTraffic(before.bundle).catch(() => undefined);
  if (await waitUntilServing(before.sha256)) {
    removeOtherVersions(pathsOf(before));
    return error;
  }
  return new OffloadError("AGENT_UPGRADE_LOST", "", {
    version: AGENT_VERSION,
    oldVersion: before.version,
    seconds: LIMITS.agentStartSeconds,
    tail: account === undefined ? oneLine(String(error)) : await lastWords(account, since),
  });
}

/** undefined: nothing was installed here, or what the link leads to is gone or does not run. */
async function versionBefore(): Promise<Version | undefined> {
  const folder = linkTarget(HOST_LAYOUT.current);
  if (folder === undefined) return undefined;
  const bundle = join(folder, "agent.cjs");
  const { status, stdout } = await run(process.execPath, [bundle, "version"]);
  if (status !== 0) return undefined;
  const node = linkTarget(HOST_LAYOUT.node) ?? process.execPath;
  return { version: stdout.trim(), bundle, sha256: sha256Of(bundle), node };
}

function pathsOf({ bundle, node }: Version): string[] {
  return [bundle, node];
}

function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
