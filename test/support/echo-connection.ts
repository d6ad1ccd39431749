import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type ConnectionOptions } from "node:tls";

const CHUNK_BYTES = 16 * 1024;
const PAUSE_MILLISECONDS = 10;

/** One long-lived TLS connection to an echo server, with traffic on it all the time. */
export interface EchoConnection {
  /** Ends the traffic, waits for the rest of the echo; rejects when a byte was lost, changed or the connection broke. */
  readonly finish: () => Promise<{ readonly bytes: number }>;
}

/** @param pauseMilliseconds between two chunks: longer for connections that live for long */
export async function openEcho(
  options: ConnectionOptions,
  pauseMilliseconds = PAUSE_MILLISECONDS,
): Promise<EchoConnection> {
  const socket = connect(options);
  await once(socket, "secureConnect");
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const failures: Error[] = [];
  const traffic = { stopped: false };
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  socket.on("error", (error: Error) => failures.push(error));
  const ended = once(socket, "close");
  const writing = (async (): Promise<void> => {
    while (!traffic.stopped && !socket.destroyed) {
      const chunk = randomBytes(CHUNK_BYTES);
      sent.push(chunk);
      if (!socket.write(chunk)) await Promise.race([once(socket, "drain"), ended]);
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
    socket.end();
  })();
  return {
    finish: async () => {
      const brokeEarly = socket.destroyed;
      traffic.stopped = true;
      await writing;
      await ended;
      if (failures[0] !== undefined) throw failures[0];
      if (brokeEarly) throw new Error("the connection was closed by the other side");
      const [there, back] = [Buffer.concat(sent), Buffer.concat(received)];
      if (!there.equals(back))
        throw new Error(`sent ${there.length} bytes, got ${back.length}, not the same`);
      return { bytes: back.length };
    },
  };
}
