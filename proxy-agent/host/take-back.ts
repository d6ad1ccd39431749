import { OffloadError } from "../contract/errors";
import { LIMITS } from "../contract/limits";
import type { Account } from "./account";
import type { Undo } from "./files";
import { oneLine } from "./run";
import { lastWords, waitUntilServing } from "./serving";
import { reloadUnits, restartKeepingTraffic, stopKeepingTraffic, stopUnit } from "./systemd";
import { pathsOf, type Version } from "./version";
import { removeEmptyFolders, removeOtherVersions } from "./versions";

/** What this host had when the installation began. */
export interface Before {
  /** undefined: none that runs. */
  readonly version: Version | undefined;
  /** Processes of a data plane, whatever became of their program. */
  readonly hasTraffic: boolean;
}

interface Failure {
  readonly own: Version;
  readonly before: Before;
  readonly undos: readonly Undo[];
  /** Whether the new version was started, or may have been. */
  readonly activated: boolean;
  readonly account: Account | undefined;
  readonly error: unknown;
}

/** Gives the error to end with: the given one, or that even the version before does not serve any more. */
export async function takeBack(failure: Failure): Promise<unknown> {
  const { own, before, undos, activated, account, error } = failure;
  const { version } = before;
  if (activated && version === undefined) await end(before);
  await undo(undos);
  if (version === undefined) {
    removeOtherVersions([]);
    removeEmptyFolders();
    return error;
  }
  if (!activated) return error;
  const since = Date.now();
  await restartKeepingTraffic(version.bundle).catch(() => undefined);
  if (await waitUntilServing(version.sha256)) {
    removeOtherVersions(pathsOf(version));
    return error;
  }
  return new OffloadError("AGENT_UPGRADE_LOST", "", {
    version: own.version,
    oldVersion: version.version,
    seconds: LIMITS.agentStartSeconds,
    tail: account === undefined ? oneLine(String(error)) : await lastWords(account, since),
  });
}

/** There is no version to start again. What serves clients without one goes on. */
async function end({ hasTraffic }: Before): Promise<void> {
  if (!hasTraffic) await stopUnit();
  // A supervisor that cannot be ended without the traffic stays as well.
  else await stopKeepingTraffic().catch(() => undefined);
}

async function undo(undos: readonly Undo[]): Promise<void> {
  for (const one of [...undos].reverse()) {
    await Promise.resolve()
      .then(one)
      .catch(() => undefined);
  }
  await reloadUnits().catch(() => undefined);
}
