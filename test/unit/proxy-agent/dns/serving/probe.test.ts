import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { makeClientHello } from "../../../../../proxy-agent/dns/serving/client-hello";
import { probe } from "../../../../../proxy-agent/dns/serving/probe";
import { until } from "../../../../support/until";
import { onCleanup } from "../../../../support/workspace";

// The real one is too long to wait for.
vi.mock("../../../../../proxy-agent/contract/limits", async (original) => {
  const { LIMITS } = await original<{ LIMITS: Record<string, number> }>();
  return { LIMITS: { ...LIMITS, servingAnswerSeconds: 0.3 } };
});

let hello: Buffer;
const open = new Set<Socket>();

beforeAll(async () => {
  hello = await makeClientHello();
});

async function serve(serving: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).once("close", () => open.delete(socket));
    serving(socket);
  }).listen(0, "127.0.0.1");
  onCleanup(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const probeOf = async (serving: (socket: Socket) => void): ReturnType<typeof probe> =>
  probe({ address: "127.0.0.1", port: await serve(serving) }, hello);

const answering =
  (bytes: readonly number[]) =>
  (socket: Socket): void => {
    socket.once("data", () => socket.write(Buffer.from(bytes)));
  };

describe("a probe", () => {
  it("sends what begins a TLS handshake, in one piece", () => {
    expect(hello[0]).toBe(22);
    expect(hello.readUInt16BE(3)).toBe(hello.length - 5);
    // A ClientHello.
    expect(hello[5]).toBe(1);
  });

  it("takes the first byte of a handshake for an answer, and leaves at once", async () => {
    expect(await probeOf(answering([22, 3, 3]))).toBe("");
    await until("it has left", () => open.size === 0);
  });

  it.each([
    ["a TLS alert", answering([21, 3, 3, 0, 2, 2, 40])],
    ["another protocol", answering([...Buffer.from("HTTP/1.1 400 Bad Request\r\n")])],
  ])("does not take %s for one", async (_what, serving) => {
    expect(await probeOf(serving)).toBe("no TLS handshake in its answer");
  });

  it("tells of a port that only accepts, and leaves it", async () => {
    expect(await probeOf((socket) => socket.resume())).toBe("no answer within 0.3 s");
    await until("it has left", () => open.size === 0);
  });

  it("tells of a port where nobody listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await once(server.close(), "close");
    expect(await probe({ address: "127.0.0.1", port }, hello)).toBe("ECONNREFUSED");
  });

  it.each([
    ["closes", (socket: Socket) => socket.end()],
    ["resets", (socket: Socket) => socket.resetAndDestroy()],
  ])("leaves it open where the other side %s at once, as one at its limit does", async (_how, serving) => {
    expect(await probeOf(serving)).toBeNull();
  });

  it("leaves it open where this host has no way to the address", async () => {
    // TCP has no multicast: the kernel says so without sending anything.
    expect(await probe({ address: "224.0.0.1", port: 443 }, hello)).toBeNull();
  });
});
