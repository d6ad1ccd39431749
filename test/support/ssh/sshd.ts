import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port";
import { until } from "../until";
import { makeKey, type KeyPair } from "./keys";

const PROGRAM = "/usr/sbin/sshd";

/** What is missing for a real sshd, for `describeUnless`. */
export const missingForSshd: string | null = existsSync(PROGRAM)
  ? null
  : "sshd: apt-get install openssh-server";

export interface Sshd {
  readonly port: number;
  readonly user: string;
  readonly hostKeys: Readonly<Record<"ed25519" | "ecdsa" | "rsa", KeyPair>>;
  /** Opens the door to the user. */
  readonly userKey: KeyPair;
  readonly directory: string;
  /** What sshd wrote so far. */
  readonly log: () => string;
  /** Kills the processes that serve connections; the listening one stays. */
  readonly cutConnections: () => void;
  /** Stops and continues the processes that serve connections, as a machine that hangs. */
  readonly freezeConnections: (frozen: boolean) => void;
  readonly stop: () => Promise<void>;
}

export interface SshdOptions {
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  /** Which of its host keys it shows. Default: all. */
  readonly hostKeyTypes?: readonly ("ed25519" | "ecdsa" | "rsa")[];
  /** Options before the user's key in authorized_keys. */
  readonly keyOptions?: string;
  readonly port?: number;
}

/** A real sshd on the loopback, in which the user who runs the tests can log in with `userKey`. */
export async function startSshd({
  config = [],
  hostKeyTypes = ["ed25519", "ecdsa", "rsa"],
  keyOptions = "",
  port,
}: SshdOptions = {}): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), "tls-offload-sshd-"));
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const hostKeys = {
    ed25519: makeKey(directory, "host_ed25519"),
    ecdsa: makeKey(directory, "host_ecdsa", { type: "ecdsa" }),
    rsa: makeKey(directory, "host_rsa", { type: "rsa" }),
  };
  const userKey = makeKey(directory, "user");
  const listening = port ?? (await freePort());
  writeFileSync(join(directory, "authorized_keys"), `${keyOptions} ${userKey.text}\n`.trimStart(), {
    mode: 0o600,
  });
  const lines = [
    "ListenAddress 127.0.0.1",
    ...hostKeyTypes.map((type) => `HostKey ${hostKeys[type].file}`),
    `AuthorizedKeysFile ${join(directory, "authorized_keys")}`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "PermitRootLogin yes",
    "LogLevel VERBOSE",
    ...config,
  ];
  writeFileSync(join(directory, "sshd_config"), `${lines.join("\n")}\n`);
  const daemon = spawn(PROGRAM, ["-D", "-e", "-f", join(directory, "sshd_config"), "-p", String(listening)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  daemon.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  await until("sshd listens", () => {
    if (daemon.exitCode !== null) throw new Error(`sshd ended: ${log}`);
    return /Server listening/.test(log);
  });
  return {
    port: listening,
    user: userInfo().username,
    hostKeys,
    userKey,
    directory,
    log: () => log,
    cutConnections: () => {
      signalChildren(daemon, "SIGKILL");
    },
    freezeConnections: (frozen) => {
      signalChildren(daemon, frozen ? "SIGSTOP" : "SIGCONT");
    },
    stop: () => stop(daemon, directory),
  };
}

async function stop(daemon: ChildProcess, directory: string): Promise<void> {
  signalChildren(daemon, "SIGKILL");
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const exited = once(daemon, "exit");
    daemon.kill("SIGKILL");
    await exited;
  }
  rmSync(directory, { recursive: true, force: true });
}

/** Those that it forked for connections, and theirs. */
function signalChildren({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  for (const child of descendants(pid ?? 0)) {
    try {
      process.kill(child, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function descendants(parent: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
  return [...children, ...children.flatMap(descendants)];
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}
