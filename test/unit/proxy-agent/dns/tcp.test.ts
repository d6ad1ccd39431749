import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { serveConnection } from "../../../../proxy-agent/dns/tcp";
import { until } from "../../../support/until";
import { onCleanup } from "../../../support/workspace";

const QUERIES = 100;

test("of a hundred queries at once each waits its turn, so that other clients have theirs in between", async () => {
  let turn = 0;
  let next = setImmediate(function count() {
    turn += 1;
    next = setImmediate(count);
  });
  const turns: number[] = [];
  const server = createServer((socket) => {
    serveConnection(socket, (query) => {
      turns.push(turn);
      return query;
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onCleanup(() => {
    clearImmediate(next);
    client.destroy();
    server.close();
  });

  const queries = Buffer.concat(Array.from({ length: QUERIES }, (_, index) => Buffer.of(0, 1, index)));
  const received: Buffer[] = [];
  client.on("data", (chunk: Buffer) => received.push(chunk));
  client.write(queries);
  await until("all are answered", () => Buffer.concat(received).length === queries.length);
  expect(Buffer.concat(received)).toEqual(queries);
  expect(new Set(turns).size).toBe(QUERIES);
});
