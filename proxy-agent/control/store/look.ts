import { lstatSync, readFileSync, rmSync } from "node:fs";
import { errnoOf } from "../../process/errno";

/** One file as it is on the disk just now. */
export interface Look {
  /** Another one after every write, rename or change of mode: the kernel sets the time of change itself. */
  readonly stamp: string;
  readonly isFile: boolean;
  readonly bytes: number;
  /** Permission bits. */
  readonly mode: number;
  readonly userId: number;
}

/** Without reading it. undefined: there is nothing. Throws what the operating system says otherwise. */
export function lookAt(file: string): Look | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined
    ? undefined
    : {
        stamp: [found.ino, found.size, found.ctimeNs].join(" "),
        isFile: found.isFile(),
        bytes: Number(found.size),
        mode: Number(found.mode & 0o777n),
        userId: Number(found.uid),
      };
}

/** What keeps a file from being read within bounds: a pipe would hang, a disk image would not fit. */
export function readBounded(file: string, look: Look, bytesMax: number): string | Error {
  if (!look.isFile) return new Error("it is not a file");
  if (look.bytes > bytesMax) return new Error(`it has ${look.bytes} bytes`);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return new Error(`it cannot be read: ${errnoOf(error)}`);
  }
}

/** A rename replaces a file, but no folder. */
export function removeUnlessFile(file: string): void {
  if (lookAt(file)?.isFile === false) rmSync(file, { recursive: true });
}

/** Who besides the agent may read it, or that the agent itself may not; undefined: it is the agent's alone. */
export function exposureOf({ mode, userId }: Look): string | undefined {
  if ((mode & 0o077) !== 0) return `has mode ${octal(mode)}, so that others than the agent may read it`;
  return userId === process.geteuid?.() ? undefined : `belongs to user ${userId}, not to the agent`;
}

export function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}
