import { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import { OffloadError } from "tls-offload-agent/contract";
import { abandon, brief, cutOff, Output, type Ending, type OpenChannel } from "./command";

type Done = (error?: Error | null) => void;

/**
 * A channel as a stream that tells a cut from an end: ssh2's own ends cleanly when its connection is lost.
 * With a command, its failure is the stream's error.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel;

  constructor(
    { channel, ending }: OpenChannel,
    running: { readonly command: string; readonly where: string } | null,
  ) {
    super();
    this.#channel = channel;
    const output = new Output();
    channel.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.stderr.on("data", (chunk: Buffer) => {
      output.addError(chunk);
    });
    if (running === null) channel.on("end", () => this.push(null));
    channel.on("close", () => {
      const failure = running === null ? null : failureOf(running, ending, output.errors());
      if (failure !== null) this.destroy(failure);
      else if (!this.readableEnded) this.push(null);
    });
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#channel.write(chunk, done);
  }

  override _final(done: Done): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    abandon(this.#channel);
    done(error);
  }
}

function failureOf(
  { command, where }: { command: string; where: string },
  ending: Ending,
  stderr: string,
): OffloadError | null {
  const { status } = ending;
  if (status === 0) return null;
  if (status === undefined) return cutOff(command, where, ending);
  return new OffloadError("SSH_COMMAND_FAILED", where, { command: brief(command), status, stderr });
}
