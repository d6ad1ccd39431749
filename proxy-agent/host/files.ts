import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { syncDirectory } from "../control/store/atomic-write";

/** Puts one thing back as it was before. */
export type Undo = () => void | Promise<void>;

/** Writes a file by one rename. undefined: it was so already. */
export function ensureFile(path: string, text: string, mode: number): Undo | undefined {
  const before = readText(path);
  if (before === text && (lstatSync(path).mode & 0o7777) === mode) return undefined;
  replaceFile(path, text, mode);
  return () => {
    if (before === undefined) rmSync(path, { force: true });
    else replaceFile(path, before, mode);
  };
}

/** Points a link elsewhere by one rename: it leads to the old place or to the new one at every moment. */
export function ensureLink(path: string, target: string): Undo | undefined {
  const before = linkTarget(path);
  if (before === target) return undefined;
  replaceLink(path, target);
  return () => {
    if (before === undefined) rmSync(path, { force: true });
    else replaceLink(path, before);
  };
}

/** undefined: there is no such link. */
export function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** undefined: there is no such file. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function replaceFile(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  try {
    writeFileSync(fresh, text, { mode, flag: "wx", flush: true });
    // Whatever umask the login has.
    chmodSync(fresh, mode);
    renameSync(fresh, path);
  } catch (error) {
    // Half of it, where the disk is full.
    rmSync(fresh, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

function replaceLink(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh);
  renameSync(fresh, path);
  syncDirectory(dirname(path));
}
