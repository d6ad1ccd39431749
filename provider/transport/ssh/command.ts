import type { ClientChannel } from "ssh2";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { ExecOptions, ExecResult } from "./session";

const SHOWN_CHARACTERS = 120;

/** A channel whose end is watched since it is there. */
export interface OpenChannel {
  readonly channel: ClientChannel;
  readonly ending: Ending;
}

/** How the command ended; both undefined: it did not say, or has not ended. */
export interface Ending {
  status?: number;
  signal?: string;
}

/** To be called at once: an exit status that comes in the same packet as the channel itself is told only then. */
export function watch(channel: ClientChannel): OpenChannel {
  const ending: Ending = {};
  channel.on("exit", (status: number | null, signal?: string) => {
    if (status !== null) ending.status = status;
    if (signal !== undefined) ending.signal = signal;
  });
  channel.on("error", () => undefined);
  return { channel, ending };
}

interface Run extends ExecOptions {
  readonly command: string;
  readonly where: string;
  /** What it was given, for the message; and when that is over (performance.now()). */
  readonly seconds: number;
  readonly end: number;
  /** Registers whom to tell when the connection is lost; answers how to forget it. */
  readonly onLost: (tell: (detail: string) => void) => () => void;
}

/** Waits for the command's own end. Whatever else ends it is an error. */
export function run({ channel, ending }: OpenChannel, given: Run): Promise<ExecResult> {
  const { where } = given;
  const command = given.shown ?? given.command;
  return new Promise((resolve, reject) => {
    const output = new Output();
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      forget();
      act();
    };
    const giveUp = (error: OffloadError): void => {
      settle(() => {
        reject(error);
      });
      abandon(channel);
    };
    const timer = setTimeout(() => {
      const parameters = { command: brief(command), seconds: given.seconds };
      giveUp(new OffloadError("SSH_COMMAND_TIMED_OUT", where, parameters));
    }, given.end - performance.now());
    const forget = given.onLost((detail) => {
      giveUp(new OffloadError("SSH_CONNECTION_LOST", where, { command: brief(command), detail }));
    });
    channel.on("data", (chunk: Buffer) => {
      if (output.add(chunk)) return;
      const parameters = { command: brief(command), limit: LIMITS.sshOutputBytes };
      giveUp(new OffloadError("SSH_OUTPUT_TOO_LONG", where, parameters));
    });
    channel.stderr.on("data", (chunk: Buffer) => {
      output.addError(chunk);
    });
    channel.on("close", () => {
      settle(() => {
        const { status } = ending;
        if (status !== undefined) resolve({ status, stdout: output.whole(), stderr: output.errors() });
        else reject(cutOff(command, where, ending));
      });
    });
    channel.end(given.input);
  });
}

export function cutOff(command: string, where: string, { signal }: Ending): OffloadError {
  if (signal !== undefined) {
    return new OffloadError("SSH_COMMAND_KILLED", where, { command: brief(command), signal });
  }
  const detail = "the channel was closed without an exit status";
  return new OffloadError("SSH_CONNECTION_LOST", where, { command: brief(command), detail });
}

/** For messages: one line, not too long. */
export function brief(command: string): string {
  const [line = ""] = command.trim().split("\n");
  const shown = line.slice(0, SHOWN_CHARACTERS);
  return shown.length < command.trim().length ? `${shown}...` : shown;
}

/** Ends the command and lets its channel close: ssh2 says "close" only after all was read. */
export function abandon(channel: ClientChannel | undefined): void {
  if (channel === undefined) return;
  channel.signal("TERM");
  channel.close();
  channel.resume();
  channel.stderr.resume();
}

/** Bytes, not text: a character may be split between two packets. */
export class Output {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #errors: Buffer = Buffer.alloc(0);

  /** false: it is too much. */
  add(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > LIMITS.sshOutputBytes) {
      this.#chunks = [];
      return false;
    }
    this.#chunks.push(chunk);
    return true;
  }

  addError(chunk: Buffer): void {
    this.#errors = Buffer.concat([this.#errors, chunk]).subarray(-LIMITS.sshErrorOutputBytes);
  }

  whole(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  errors(): string {
    return this.#errors.toString("utf8").trim();
  }
}
