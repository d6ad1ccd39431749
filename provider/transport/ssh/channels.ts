import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { LIMITS } from "tls-offload-agent/contract";

/** Keeps a few streams to one agent, so that a call does not start a process on the host each time. */
export class Channels extends Agent {
  constructor(private readonly dial: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: LIMITS.agentChannels, scheduling: "lifo" });
  }

  override createConnection(
    _options: unknown,
    opened: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.dial().then(
      (stream) => {
        opened(null, likeSocket(stream));
      },
      (error: unknown) => {
        (opened as (error: unknown) => void)(error);
      },
    );
  }
}

/** What node:http asks of a kept connection beside what a stream has. */
function likeSocket(stream: Duplex): Duplex {
  let timer: NodeJS.Timeout | undefined;
  stream.once("close", () => {
    clearTimeout(timer);
  });
  return Object.assign(stream, {
    setKeepAlive: () => stream,
    setNoDelay: () => stream,
    ref: () => stream,
    unref: () => stream,
    // Only called for an idle connection. The agent lets go of one later than this: neither calls into a closing one.
    setTimeout: (milliseconds: number) => {
      clearTimeout(timer);
      if (milliseconds === 0 || stream.destroyed) return stream;
      const idle = Math.min(milliseconds, LIMITS.agentChannelIdleSeconds * 1_000);
      timer = setTimeout(() => stream.emit("timeout"), idle).unref();
      return stream;
    },
  });
}
