import { createSocket, Socket } from "node:dgram";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { openEndpoint } from "../../../../proxy-agent/dns/endpoint";
import { until } from "../../../support/until";
import { onCleanup } from "../../../support/workspace";

test("answers that the network does not take do not pile up: further queries are dropped until it does", async () => {
  let dropped = 0;
  const endpoint = await openEndpoint(
    { address: "127.0.0.1", port: 0 },
    {
      respond: (query) => query,
      connections: new Set(),
      refused: () => undefined,
      dropped: () => (dropped += 1),
      failed: () => undefined,
    },
  );
  onCleanup(() => endpoint.close());
  const client = createSocket("udp4");
  onCleanup(() => {
    client.close();
  });
  const ask = (text: string): void => {
    client.send(text, endpoint.bound.port, endpoint.bound.address);
  };

  const queue = vi.spyOn(Socket.prototype, "getSendQueueSize").mockReturnValue(LIMITS.dnsUdpQueueBytes + 1);
  ask("dropped");
  await until("the query is dropped", () => dropped === 1);
  queue.mockReturnValue(LIMITS.dnsUdpQueueBytes);
  ask("answered");
  const [answer] = (await once(client, "message", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
  expect(answer.toString()).toBe("answered");
  queue.mockRestore();
});
