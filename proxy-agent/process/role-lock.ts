import { createHash, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { errnoOf } from "./errno";
import { recordPid } from "./pid-record";

export const ROLES = ["supervise", "control", "data-plane", "dns"] as const;
export type Role = (typeof ROLES)[number];

/** Watchers of one role: the supervisor, and control for the roles that it pushes to. More are turned away. */
const WATCHERS_MAX = 32;

/**
 * A role belongs to whoever listens on a socket in the kernel's abstract namespace, named by the state directory's
 * random id. The kernel frees the name when the process dies, however it dies, and tells everyone who is connected.
 */
function lockName(stateDir: string, role: Role): string {
  return `\0tls-offload-${instanceHash(stateDir, role)}`;
}

/** Tells the processes of one state directory from all others, and cannot be guessed from its path. */
export function instanceHash(stateDir: string, purpose: string): string {
  return createHash("sha256")
    .update(`${instanceId(stateDir)} ${purpose}`)
    .digest("hex");
}

/** Takes the role for the life of this process; false: another living process has it. */
export function takeRole(stateDir: string, role: Role): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer((watcher) => {
      watcher.on("error", () => watcher.destroy()).unref();
    });
    server.maxConnections = WATCHERS_MAX;
    server.once("error", (error) => {
      if (errnoOf(error) === "EADDRINUSE") {
        resolve(false);
      } else {
        reject(error);
      }
    });
    server.listen(lockName(stateDir, role), () => {
      server.unref();
      recordPid(stateDir, role);
      resolve(true);
    });
  });
}

export interface RoleWatch {
  /** Settles when the process that has the role has ended, or after `stop`. */
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

/** Watches whoever has the role; undefined: nobody has it. */
export function watchRole(stateDir: string, role: Role): Promise<RoleWatch | undefined> {
  return new Promise((resolve) => {
    const socket = connect(lockName(stateDir, role));
    socket.once("connect", () => {
      const ended = new Promise<void>((settle) => socket.once("close", settle));
      resolve({ ended, stop: () => socket.destroy() });
    });
    socket.on("error", () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.resume();
  });
}

const INSTANCE_ID_FILE = "instance-id";
const INSTANCE_ID = /^[0-9a-f]{64}$/;

/** Made once, by whichever process comes first: linking a complete file is atomic and never replaces one. */
function instanceId(stateDir: string): string {
  const file = join(stateDir, INSTANCE_ID_FILE);
  const there = readInstanceId(file);
  if (there !== undefined) {
    return there;
  }
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  // What a damaged disk left of it would be the same for two agents, and each would wait for the other's role.
  rmSync(file, { force: true });
  const fresh = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    writeFileSync(fresh, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx", flush: true });
    linkSync(fresh, file);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") {
      throw error;
    }
  } finally {
    rmSync(fresh, { force: true });
  }
  return readFileSync(file, "utf8");
}

/** Whether a process of an agent ever ran on this directory, as it is now. Makes nothing there. */
export function hasInstance(stateDir: string): boolean {
  return existsSync(join(stateDir, INSTANCE_ID_FILE));
}

/** undefined: there is none, or it is damaged. */
function readInstanceId(file: string): string | undefined {
  try {
    const id = readFileSync(file, "utf8");
    return INSTANCE_ID.test(id) ? id : undefined;
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") {
      throw error;
    }
    return undefined;
  }
}
