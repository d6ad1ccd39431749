import type { Socket } from "node:net";
import { LIMITS } from "../contract/limits";

const LENGTH_BYTES = 2;

/**
 * Answers the queries of one TCP connection, each with two bytes of length before it (RFC 7766). The idle time
 * counts from the last whole query, so that a client cannot hold a connection with a byte now and then, nor by not
 * reading what it asked for.
 */
export function serveConnection(socket: Socket, respond: (query: Buffer) => Buffer | null): void {
  let received = Buffer.alloc(0);
  const idle = setTimeout(() => socket.destroy(), LIMITS.dnsTcpIdleSeconds * 1_000);

  // One in a turn of the event loop: whoever asks many at once does not keep the others waiting, UDP least of all.
  const answerNext = (): void => {
    const query = socket.destroyed ? null : firstMessage(received);
    if (query === null) {
      socket.resume();
      return;
    }
    received = received.subarray(LENGTH_BYTES + query.length);
    idle.refresh();
    const response = respond(query);
    if (response === null) {
      socket.destroy();
    } else if (socket.write(withLength(response))) {
      setImmediate(answerNext);
    }
  };

  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    socket.pause();
    answerNext();
  });
  socket.on("drain", answerNext);
  // A client that goes away in the middle is everyday business; 'close' follows.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    clearTimeout(idle);
  });
}

function firstMessage(received: Buffer): Buffer | null {
  if (received.length < LENGTH_BYTES) {
    return null;
  }
  const end = LENGTH_BYTES + received.readUInt16BE(0);
  return received.length < end ? null : received.subarray(LENGTH_BYTES, end);
}

function withLength(message: Buffer): Buffer {
  const framed = Buffer.alloc(LENGTH_BYTES + message.length);
  framed.writeUInt16BE(message.length, 0);
  message.copy(framed, LENGTH_BYTES);
  return framed;
}
