import { once } from "node:events";
import { connect, type ConnectionOptions } from "node:tls";

/** A steady stream of new TLS connections, so that a gap in the service of any length is seen. */
export interface HandshakeStream {
  /** Ends it and tells how many handshakes there were, and each failure's reason. */
  readonly stop: () => Promise<{ readonly count: number; readonly failures: readonly string[] }>;
}

const PAUSE_MILLISECONDS = 5;

/** Two clients, each opening its next connection as soon as the last one is closed. */
export function streamHandshakes(options: ConnectionOptions): HandshakeStream {
  let stopped = false;
  let count = 0;
  const failures: string[] = [];
  const client = async (): Promise<void> => {
    while (!stopped) {
      await handshake(options).catch((error: unknown) => failures.push(String(error)));
      count += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  };
  const clients = [client(), client()];
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(clients);
      return { count, failures };
    },
  };
}

/** One, on a connection of its own. */
export async function handshake(options: ConnectionOptions): Promise<void> {
  const socket = connect({ ...options, timeout: 5_000 });
  socket.on("timeout", () => socket.destroy(new Error("no handshake within 5 s")));
  await once(socket, "secureConnect");
  socket.on("error", () => undefined);
  socket.destroy();
}
