import type { Duplex } from "node:stream";

export interface ExecOptions {
  /** Written to the command's standard input, which is closed after it. */
  readonly input?: Buffer | string;
  /** Default: LIMITS.sshCommandSeconds. */
  readonly timeoutSeconds?: number;
}

/** A command that ran to its end. One that was cut off is an error, never a result. */
export interface ExecResult {
  readonly status: number;
  readonly stdout: Buffer;
  /** Its last part, for messages. */
  readonly stderr: string;
}

/** An authenticated connection to one host, on which each operation is a channel. */
export interface SshSession {
  /** The host's name in the load balancer. */
  readonly host: string;
  readonly exec: (command: string, options?: ExecOptions) => Promise<ExecResult>;
  /** Standard input and output of a command that goes on until the stream is closed. */
  readonly stream: (command: string) => Promise<Duplex>;
  /** A TCP connection made by the host (direct-tcpip). */
  readonly forward: (address: string, port: number) => Promise<Duplex>;
}
