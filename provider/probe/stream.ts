import { connect as tcpConnect, type Socket } from "node:net";
import { Duplex, PassThrough } from "node:stream";
import { LIMITS } from "tls-offload-agent/contract";

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** How to get there. Absent: from this machine. */
  readonly connect?: (address: string, port: number) => Promise<Duplex>;
}

export interface OpenStream {
  readonly stream: Duplex;
  /** Nothing was sent on it. */
  readonly isSilent: () => boolean;
}

/** A TCP connection to the endpoint. Throws where there is none within LIMITS.verifyHandshakeSeconds. */
export async function openStream({ address, port, connect }: Endpoint): Promise<OpenStream> {
  if (connect === undefined) {
    const socket = await connected(tcpConnect({ host: address, port }));
    return { stream: socket, isSilent: () => socket.bytesWritten === 0 };
  }
  return counted(await inTime(connect(address, port)));
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(LIMITS.verifyHandshakeSeconds * 1_000, () => {
      fail(tooLate());
    });
    // Stays: what goes wrong later is told by the stream's end.
    socket.on("error", fail);
    socket.once("connect", () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function inTime(connecting: Promise<Duplex>): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(tooLate());
    }, LIMITS.verifyHandshakeSeconds * 1_000);
    connecting.then(
      (stream) => {
        clearTimeout(timer);
        if (isLate) stream.destroy();
        resolve(stream);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Only sockets count what they sent by themselves. */
function counted(stream: Duplex): OpenStream {
  const outgoing = new PassThrough();
  let isSilent = true;
  outgoing.once("data", () => {
    isSilent = false;
  });
  outgoing.pipe(stream);
  stream.on("error", () => undefined);
  return { stream: Duplex.from({ readable: stream, writable: outgoing }), isSilent: () => isSilent };
}

function tooLate(): Error {
  return new Error(`no connection within ${LIMITS.verifyHandshakeSeconds} s`);
}
