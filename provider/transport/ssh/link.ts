import type { Client, ClientChannel } from "ssh2";
import type { Duplex } from "node:stream";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import { ChannelStream } from "./channel-stream";
import { abandon, brief, run, watch, type OpenChannel } from "./command";
import type { ExecOptions, ExecResult } from "./session";
import { Slots } from "./slots";

/** One live connection. What is under way on it when it is lost fails at once. */
export class Link {
  /** Why it was lost; null as long as it lives. */
  #lost: string | null = null;
  readonly #onLost = new Set<(detail: string) => void>();
  readonly #slots = new Slots(LIMITS.sshChannels);
  #channels = 0;
  /** Called whenever the last channel has ended. */
  onIdle: () => void = () => undefined;

  constructor(
    private readonly client: Client,
    private readonly socket: Duplex,
  ) {
    // Stays for as long as the connection: an 'error' that nobody hears ends the process.
    client.on("error", (error) => {
      this.#lose(reasonOf(error));
    });
    client.on("end", () => {
      this.#lose(CLOSED_THERE);
    });
    client.on("close", () => {
      this.#lose("it was cut");
    });
  }

  get lost(): boolean {
    return this.#lost !== null;
  }

  get idle(): boolean {
    return this.#channels === 0;
  }

  close(): void {
    this.#lose("it was closed here", () => this.client.end());
  }

  async exec(command: string, where: string, options: ExecOptions): Promise<ExecResult> {
    const seconds = options.timeoutSeconds ?? LIMITS.sshCommandSeconds;
    const end = performance.now() + seconds * 1_000;
    const channel = await this.#session(command, where, seconds, options.shown);
    return run(channel, {
      ...options,
      command,
      where,
      seconds,
      end,
      onLost: (tell) => this.#whenLost(tell),
    });
  }

  async stream(command: string, where: string): Promise<Duplex> {
    const channel = await this.#session(command, where, LIMITS.sshCommandSeconds);
    const stream = new ChannelStream(channel, { command, where });
    this.#failWithLink(stream, command, where);
    return stream;
  }

  async forward(address: string, port: number, where: string, seconds: number): Promise<Duplex> {
    const what = `forward to ${address} port ${port}`;
    const channel = await this.#open(what, where, seconds, (answer) => {
      this.client.forwardOut("127.0.0.1", 0, address, port, answer);
    });
    const stream = new ChannelStream(channel, null);
    this.#failWithLink(stream, what, where);
    return stream;
  }

  async #session(
    command: string,
    where: string,
    seconds: number,
    shown: string = command,
  ): Promise<OpenChannel> {
    const end = performance.now() + seconds * 1_000;
    for (;;) {
      const left = (end - performance.now()) / 1_000;
      const release = await this.#slots.take(left);
      if (release === null) throw timedOut(shown, where, seconds);
      try {
        const opened = await this.#open(brief(shown), where, left, (answer) => {
          this.client.exec(command, answer);
        });
        const forget = this.#whenLost(release);
        opened.channel.once("close", () => {
          forget();
          release();
        });
        return opened;
      } catch (error) {
        release();
        // An sshd whose MaxSessions is lower than ours: as many as it took just now are the limit.
        const refused = error instanceof OffloadError && error.code === "SSH_CHANNEL_REFUSED";
        if (!refused || !this.#slots.shrinkToUsed()) throw error;
      }
    }
  }

  #open(
    what: string,
    where: string,
    seconds: number,
    ask: (answer: (error: Error | undefined, channel: ClientChannel) => void) => void,
  ): Promise<OpenChannel> {
    this.#channels += 1;
    return new Promise((resolve, reject) => {
      let given = false;
      const giveUp = (error: OffloadError): void => {
        given = true;
        clearTimeout(timer);
        forget();
        this.#ended();
        reject(error);
      };
      const timer = setTimeout(() => {
        giveUp(timedOut(what, where, seconds));
      }, seconds * 1_000);
      const forget = this.#whenLost((detail) => {
        giveUp(connectionLost(what, where, detail));
      });
      const answer = (error: Error | undefined, channel: ClientChannel): void => {
        if (given) abandon(channel);
        else if (error !== undefined) {
          giveUp(new OffloadError("SSH_CHANNEL_REFUSED", where, { what, detail: refusalOf(error) }));
        } else {
          clearTimeout(timer);
          forget();
          channel.once("close", () => {
            this.#ended();
          });
          resolve(watch(channel));
        }
      };
      try {
        if (this.#lost === null) ask(answer);
      } catch (error) {
        this.#lose((error as Error).message);
      }
    });
  }

  #ended(): void {
    this.#channels -= 1;
    if (this.idle) this.onIdle();
  }

  #failWithLink(stream: ChannelStream, command: string, where: string): void {
    const forget = this.#whenLost((detail) => {
      stream.destroy(connectionLost(command, where, detail));
    });
    stream.once("close", forget);
  }

  /** Never calls at once. Answers how to forget it again. */
  #whenLost(tell: (detail: string) => void): () => void {
    this.#onLost.add(tell);
    if (this.#lost !== null)
      queueMicrotask(() => {
        this.#tellLost();
      });
    return () => this.#onLost.delete(tell);
  }

  #lose(detail: string, end: () => void = () => this.socket.destroy()): void {
    if (this.#lost !== null) return;
    this.#lost = detail;
    this.#tellLost();
    end();
  }

  #tellLost(): void {
    for (const tell of this.#onLost) tell(this.#lost ?? "");
    this.#onLost.clear();
  }
}

const CLOSED_THERE = "the other side closed it";

/** The message of a lost jump host is a whole one, of which this one is to have no second. */
function reasonOf(error: Error): string {
  if (closedThere(error)) return CLOSED_THERE;
  if (!(error instanceof OffloadError) || error.code !== "SSH_CONNECTION_LOST") return error.message;
  return `the connection to the jump host was lost: ${String(error.parameters["detail"])}`;
}

/** One event with three names: it depends on what was being done at that moment. */
function closedThere(error: NodeJS.ErrnoException): boolean {
  return error.code === "ECONNRESET" || error.code === "EPIPE";
}

/** RFC 4254 5.1: reason 1 is a rule of the server's, whatever its words are. */
export const PROHIBITED = "it is prohibited there";

function refusalOf(error: Error & { readonly reason?: unknown }): string {
  return error.reason === 1 ? PROHIBITED : error.message.replace(/^\(SSH\) Channel open failure: /, "");
}

function connectionLost(command: string, where: string, detail: string): OffloadError {
  return new OffloadError("SSH_CONNECTION_LOST", where, { command: brief(command), detail });
}

function timedOut(command: string, where: string, seconds: number): OffloadError {
  return new OffloadError("SSH_COMMAND_TIMED_OUT", where, { command: brief(command), seconds });
}
