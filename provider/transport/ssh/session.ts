import type { Duplex } from "node:stream";

export interface ExecOptions {
  /** Written to the command's standard input, which is closed after it. */
  readonly input?: Buffer | string;
  /** For messages, where the command itself says little: "installing the agent". Default: its first line. */
  readonly shown?: string;
  /**
   * Default: LIMITS.sshCommandSeconds, waiting for a free channel included. The command is then told to end, but
   * may go on: sshd passes signals on for users other than root only.
   */
  readonly timeoutSeconds?: number;
}

/** A command that ran to its end. One that was cut off is an error, never a result. */
export interface ExecResult {
  readonly status: number;
  readonly stdout: Buffer;
  /** Its last part, for messages. */
  readonly stderr: string;
}

/**
 * An authenticated connection to one host, on which each operation is a channel. Commands are shown in messages and
 * on the host, so nothing secret may be in one. Errors: SSH_CONNECTION_LOST, SSH_COMMAND_TIMED_OUT,
 * SSH_COMMAND_KILLED, SSH_OUTPUT_TOO_LONG, SSH_CHANNEL_REFUSED, and those of connecting again.
 */
export interface SshSession {
  /** The host's name in the load balancer. */
  readonly host: string;
  readonly exec: (command: string, options?: ExecOptions) => Promise<ExecResult>;
  /**
   * Standard input and output of a command that goes on until the stream is destroyed. It ends cleanly only when the
   * command ends with status 0; another status is the stream's error SSH_COMMAND_FAILED.
   */
  readonly stream: (command: string) => Promise<Duplex>;
  /** A TCP connection made by the host (direct-tcpip). */
  readonly forward: (address: string, port: number) => Promise<Duplex>;
}
