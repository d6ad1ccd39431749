import { chmodSync, chownSync, mkdirSync, rmSync, statSync } from "node:fs";
import { HOST_LAYOUT } from "../contract/host-layout";
import type { Undo } from "./files";
import { mustRun, run, step } from "./run";
import { STATE_DIR_MODE } from "./unit";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** undefined: the host has no such user and group. */
export async function findAccount(): Promise<Account | undefined> {
  const [passwd, group] = await Promise.all([
    run("getent", ["passwd", HOST_LAYOUT.user]),
    run("getent", ["group", HOST_LAYOUT.user]),
  ]);
  const [uid, gid] = [passwd, group].map(({ stdout }) => Number.parseInt(stdout.split(":")[2] ?? "", 10));
  return uid === undefined || gid === undefined || Number.isNaN(uid + gid) ? undefined : { uid, gid };
}

/** A system user that nobody can log in as. */
export async function ensureAccount(): Promise<Undo | undefined> {
  if ((await findAccount()) !== undefined) return undefined;
  const { user } = HOST_LAYOUT;
  if ((await run("getent", ["group", user])).status !== 0) await mustRun("groupadd", "--system", user);
  if ((await run("getent", ["passwd", user])).status !== 0) {
    const [home, shell] = ["/nonexistent", "/usr/sbin/nologin"];
    await mustRun(
      "useradd",
      "--system",
      "--gid",
      user,
      "--no-create-home",
      "--home-dir",
      home,
      "--shell",
      shell,
      user,
    );
  }
  return removeAccount;
}

async function removeAccount(): Promise<void> {
  await run("userdel", [HOST_LAYOUT.user]);
  await run("groupdel", [HOST_LAYOUT.user]);
}

export function ensureStateDirectory({ uid, gid }: Account): Undo | undefined {
  const { stateDir } = HOST_LAYOUT;
  const found = statSync(stateDir, { throwIfNoEntry: false });
  if (found?.uid === uid && found.gid === gid && (found.mode & 0o7777) === STATE_DIR_MODE) return undefined;
  step(`make ${stateDir}`, () => {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    chownSync(stateDir, uid, gid);
    chmodSync(stateDir, STATE_DIR_MODE);
  });
  return () => {
    if (found === undefined) rmSync(stateDir, { recursive: true, force: true });
  };
}
