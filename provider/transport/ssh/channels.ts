import { Agent } from "node:http";
import { Duplex } from "node:stream";
import { LIMITS } from "tls-offload-agent/contract";

/** Keeps a few streams to one agent, so that a call does not start a process on the host each time. */
export class Channels extends Agent {
  constructor(private readonly dial: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: LIMITS.agentChannels, scheduling: "lifo" });
  }

  /** At once and not when it is open: node:http counts only what it has got. */
  override createConnection(): Duplex {
    return new Channel(this.dial());
  }
}

type Done = (error?: Error | null) => void;

/** A stream that is being opened, with what node:http asks of a kept connection beside. */
class Channel extends Duplex {
  #idleTimer: NodeJS.Timeout | undefined;
  #isIdle = false;

  constructor(private readonly opening: Promise<Duplex>) {
    super();
    opening.then(
      (inner) => {
        this.#follow(inner);
      },
      (error: unknown) => this.destroy(error as Error),
    );
  }

  #follow(inner: Duplex): void {
    if (this.destroyed) {
      inner.destroy();
      return;
    }
    inner.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) inner.pause();
    });
    inner.once("end", () => {
      // Nobody reads an idle one, so nobody would see its end before the next call goes into it.
      if (this.#isIdle) this.destroy();
      else this.push(null);
    });
    // Also late: what has no listener ends the process.
    inner.on("error", (error) => this.destroy(error));
    inner.once("close", () => this.destroy());
  }

  override _read(): void {
    this.#whenOpen((inner) => inner.resume());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#whenOpen((inner) => inner.write(chunk, done));
  }

  override _final(done: Done): void {
    this.#whenOpen((inner) => inner.end(done));
  }

  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#idleTimer);
    this.#whenOpen((inner) => inner.destroy());
    done(error);
  }

  /** Only called for an idle connection. The agent lets go of one later than this: nobody calls into a closing one. */
  setTimeout(milliseconds: number): this {
    clearTimeout(this.#idleTimer);
    if (milliseconds === 0 || this.destroyed) return this;
    const idle = Math.min(milliseconds, LIMITS.agentChannelIdleSeconds * 1_000);
    this.#idleTimer = setTimeout(() => this.emit("timeout"), idle).unref();
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  /** A call gets it. */
  ref(): this {
    this.#isIdle = false;
    return this;
  }

  /** Kept for calls to come. */
  unref(): this {
    this.#isIdle = true;
    return this;
  }

  /** One that cannot be opened ends this stream elsewhere. */
  #whenOpen(work: (inner: Duplex) => void): void {
    this.opening.then(work).catch(() => undefined);
  }
}
