import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { onCleanup } from "../workspace";
import { framed } from "./scripted-primary";

/** What becomes of an answer on its way; null: the connection is cut instead. */
export type Meddling = (answer: Buffer) => Buffer | null | Promise<Buffer | null>;

/** Stands between a client and a server, over TCP: requests pass as they are. Answers its port. */
export async function middleman(
  server: { readonly address: string; readonly port: number },
  meddle: Meddling,
): Promise<number> {
  const sockets = new Set<Socket>();
  const between = createServer((client) => {
    const upstream = connect(server.port, server.address);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    let received = Buffer.alloc(0);
    upstream.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      void Promise.resolve(meddle(received.subarray(2))).then((answer) => {
        if (answer === null) client.destroy();
        else client.write(framed(answer));
      });
    });
  }).listen(0, "127.0.0.1");
  await once(between, "listening");
  onCleanup(() => {
    for (const socket of sockets) socket.destroy();
    between.close();
  });
  return (between.address() as AddressInfo).port;
}
