import type { Socket } from "node:net";
import { LIMITS } from "../../../contract/limits";
import { serverNameOf } from "./client-hello";

export interface ServerNameEvents {
  readonly onName: (name: string) => void;
  /** The socket is closed then. */
  readonly onFailed: (error: Error) => void;
}

/** Reads just enough to know the server name, and puts it back for the TLS layer to read. */
export function readServerName(socket: Socket, { onName, onFailed }: ServerNameEvents): void {
  let collected: Buffer = Buffer.alloc(0);
  const stop = (): void => {
    socket.off("readable", onReadable).off("end", onEnd).off("close", stop);
    clearTimeout(timer);
  };
  const fail = (message: string, code: string): void => {
    stop();
    socket.destroy();
    onFailed(Object.assign(new Error(message), { code }));
  };
  const onEnd = (): void => {
    fail("the client left before its ClientHello was complete", "ECONNRESET");
  };
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) {
      return;
    }
    collected = Buffer.concat([collected, chunk]);
    const name = serverNameOf(collected);
    if (name !== undefined) {
      stop();
      socket.unshift(collected);
      onName(name);
    }
  };
  const timer = setTimeout(() => {
    fail("no ClientHello in time", "ERR_TLS_HANDSHAKE_TIMEOUT");
  }, LIMITS.handshakeSeconds * 1_000);
  socket.on("readable", onReadable).on("end", onEnd).on("close", stop);
}
