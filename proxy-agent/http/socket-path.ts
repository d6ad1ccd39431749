import { closeSync, constants, openSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";

/** The directory as a place only: a member of the agent's group may pass through it and not list it. */
const O_PATH = 0o10000000;

/**
 * A name for a Unix socket inside a directory of any depth: the kernel allows 107 bytes for a socket's path, and
 * `/proc/self/fd/<n>/<name>` is always shorter. Valid for this process until `close`.
 */
export interface SocketPath {
  readonly path: string;
  readonly close: () => void;
}

export function socketPath(directory: string, name: string): SocketPath {
  const descriptor = openSync(directory, O_PATH | constants.O_DIRECTORY);
  return {
    path: `/proc/self/fd/${descriptor}/${name}`,
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** Connects to a socket inside a state directory. Throws ENOENT at once when there is no such directory. */
export function connectInside(directory: string, name: string): Socket {
  const { path, close } = socketPath(directory, name);
  try {
    // The connect system call is made before this returns, so the descriptor is not needed any longer.
    const socket = connect(path);
    socket.prependListener("error", (error) => {
      error.message = error.message.replace(path, `${directory}/${name}`);
    });
    return socket;
  } finally {
    close();
  }
}

/** Only for who holds the role's lock: whatever socket is there then was left by a dead process. */
export function removeStaleSocket(path: string): void {
  rmSync(path, { force: true });
}
