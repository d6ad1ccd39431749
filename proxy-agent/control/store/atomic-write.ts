import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface WriteHooks {
  /** The contents are on the disk under a temporary name. */
  readonly written?: () => void;
  /** The file has its name, which a power cut may still undo. */
  readonly named?: () => void;
}

/** After it returns, a power cut leaves the new contents; before, the old or the new, never a mixture. */
export function atomicWrite(
  file: string,
  contents: string | Uint8Array,
  mode: number,
  hooks: WriteHooks = {},
): void {
  const temporary = `${file}.tmp`;
  try {
    rmSync(temporary, { force: true });
    const descriptor = openSync(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, mode);
    try {
      writeFileSync(descriptor, contents);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    hooks.written?.();
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  hooks.named?.();
  syncDirectory(dirname(file));
}

/** Makes renames and removals in a directory survive a power cut. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
