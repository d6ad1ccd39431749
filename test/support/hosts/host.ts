import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { promisify } from "node:util";
import { until } from "../until";
import { HOST_LIMITS } from "./limits";
import { Machine, type MachineSettings } from "./machine";

const SSH_PORT = 22;

export type HostUser = "root" | "deploy" | "limited" | "plain";

export interface HostSettings extends MachineSettings {
  readonly privateKey: string;
  readonly password: string;
}

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One host. What it can do is told in index.ts. */
export class TestHost {
  readonly name: string;
  readonly address: string;
  readonly #machine: Machine;

  constructor(private readonly settings: HostSettings) {
    this.name = settings.name;
    this.address = settings.address;
    this.#machine = new Machine(settings);
  }

  /** Boots, and returns when sshd answers and systemd has nothing left to do. */
  async start(): Promise<void> {
    await this.powerOn();
  }

  /** The line of /etc/ssh/ssh_host_*_key.pub without its comment: "ssh-ed25519 AAAA...". */
  hostKey(type: "ed25519" | "ecdsa" | "rsa" = "ed25519"): string {
    const line = readFileSync(this.path(`/etc/ssh/ssh_host_${type}_key.pub`), "utf8");
    return line.split(" ").slice(0, 2).join(" ");
  }

  /** A program's `connection`: key and pinned host key. */
  connection(user: HostUser = "root"): { host: string; user: string; privateKey: string; hostKey: string } {
    return { host: this.address, user, privateKey: this.settings.privateKey, hostKey: this.hostKey() };
  }

  /** The same by password, which only `deploy` has. */
  passwordConnection(): { host: string; user: string; password: string; hostKey: string } {
    const { password } = this.settings;
    return { host: this.address, user: "deploy", password, hostKey: this.hostKey() };
  }

  /** Runs as root in the host, in a clean environment, not through SSH. */
  run(command: string, timeoutSeconds: number = HOST_LIMITS.commandSeconds): Promise<CommandResult> {
    const namespaces = ["--target", String(this.#machine.init), "--all"];
    const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const words = [...namespaces, "/usr/bin/env", "-i", path, "HOME=/root", "LC_ALL=C.UTF-8"];
    const options = {
      encoding: "utf8",
      timeout: timeoutSeconds * 1_000,
      maxBuffer: 64 * 1_024 ** 2,
    } as const;
    return new Promise((resolve, reject) => {
      execFile("nsenter", [...words, "/bin/sh", "-c", command], options, (error, stdout, stderr) => {
        if (error === null) resolve({ status: 0, stdout, stderr });
        else if (typeof error.code === "number") resolve({ status: error.code, stdout, stderr });
        else reject(new Error(`${this.name}: ${command}: ${error.message}`));
      });
    });
  }

  /** What it printed, without white space at its end. Fails when the command does. */
  async sh(command: string, timeoutSeconds?: number): Promise<string> {
    const { status, stdout, stderr } = await this.run(command, timeoutSeconds);
    if (status !== 0) throw new Error(`${this.name}: ${command}: status ${status}\n${stdout}${stderr}`);
    return stdout.trimEnd();
  }

  /** The host's file as this machine can open it, also while the host is off. Not for links that leave it. */
  path(absolute: string): string {
    return `${this.#machine.root}${absolute}`;
  }

  async powerOn(): Promise<void> {
    await this.#machine.on();
    // "degraded" would be a unit that failed.
    await until(
      `${this.name} is up`,
      async () => {
        const { stdout } = await this.run("systemctl is-system-running");
        if (stdout.trim() === "running") return true;
        throw new Error(`it says ${stdout.trim()}`);
      },
      HOST_LIMITS.bootSeconds,
    );
    // Only now: asking for a machine that is not there yet makes this one's kernel wait for seconds.
    await until(`${this.name} answers on port ${SSH_PORT}`, () => this.#greets(), HOST_LIMITS.bootSeconds);
  }

  /** As if the power failed: nothing is flushed, nobody is told. The disk stays. */
  powerOff(): Promise<void> {
    return this.#machine.off();
  }

  /** From now on every SSH connection hangs, those that are open too, as when a firewall drops them. */
  cutSsh(): Promise<void> {
    return this.cutPort(SSH_PORT);
  }

  restoreSsh(): Promise<void> {
    return this.restorePort(SSH_PORT);
  }

  /** The same for connections to this TCP port of the host. */
  async cutPort(port: number): Promise<void> {
    await this.sh(`ip rule add ipproto 6 sport ${port} blackhole`);
  }

  async restorePort(port: number): Promise<void> {
    await this.sh(`ip rule del ipproto 6 sport ${port} blackhole`);
  }

  /** From now on every write fails with ENOSPC. */
  async fillDisk(): Promise<void> {
    await this.#resizeDisk("$(df --block-size=1 --output=used . | tail -n 1)");
  }

  async freeDisk(): Promise<void> {
    await this.#resizeDisk(String(HOST_LIMITS.diskBytes));
  }

  end(): Promise<void> {
    return this.#machine.end();
  }

  async #resizeDisk(size: string): Promise<void> {
    const script = `cd "$0" && mount -o "remount,size=$(echo ${size})" "$0"`;
    const words = ["--target", String(this.#machine.keeper), "--mount", "sh", "-c", script];
    await promisify(execFile)("nsenter", [...words, `${this.settings.directory}/disk`]);
  }

  #greets(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: this.address, port: SSH_PORT, timeout: 1_000 });
      const answer = (greeted: boolean) => (): void => {
        resolve(greeted);
        socket.destroy();
      };
      socket.once("data", answer(true)).once("error", answer(false)).once("timeout", answer(false));
    });
  }
}
