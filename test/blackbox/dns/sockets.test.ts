import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { encode, streamDecode, streamEncode, type Packet } from "dns-packet";
import { beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../../proxy-agent/contract/limits";
import { ZONES } from "../../support/dns-zones";
import { freePort } from "../../support/free-port";
import { onCleanup } from "../../support/workspace";
import { DnsProcess, type Endpoint } from "./dns-process";

const LOOPBACK = { address: "127.0.0.1", port: 0 };
const QUERY: Packet = { type: "query", id: 99, questions: [{ name: "www.example.test", type: "A" }] };

/** The first datagram that comes back. */
async function askUdp(server: Endpoint, packet: Buffer): Promise<Buffer> {
  const socket = createSocket(server.address.includes(":") ? "udp6" : "udp4");
  try {
    socket.send(packet, server.port, server.address);
    const [message] = (await once(socket, "message", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    return message;
  } finally {
    socket.close();
  }
}

async function open(server: Endpoint): Promise<Socket> {
  const socket = connect(server.port, server.address);
  socket.on("error", () => socket.destroy());
  onCleanup(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

/** Reads until that many whole messages have come. */
async function readMessages(socket: Socket, count: number): Promise<Packet[]> {
  const messages: Packet[] = [];
  let bytes = Buffer.alloc(0);
  while (messages.length < count) {
    const [chunk] = (await once(socket, "data", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const length = bytes.length < 2 ? Infinity : 2 + bytes.readUInt16BE(0);
      if (bytes.length < length) break;
      messages.push(streamDecode(bytes.subarray(0, length)));
      bytes = bytes.subarray(length);
    }
  }
  return messages;
}

describe("one DNS process", () => {
  let dns: DnsProcess;
  let server: Endpoint;
  beforeAll(async () => {
    dns = await DnsProcess.start();
    await dns.apply([LOOPBACK], ZONES);
    server = await dns.endpoint();
  });

  test("a flood of malformed packets leaves it answering", async () => {
    const flood = createSocket("udp4");
    for (let packet = 0; packet < 20_000; packet += 1) {
      flood.send(randomBytes(packet % 200), server.port, server.address);
      if (packet % 500 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const junk = await open(server);
    junk.write(randomBytes(100_000));
    await expect
      .poll(async () => (await dns.counters())["malformed"] ?? 0, { timeout: 20_000 })
      .toBeGreaterThan(100);
    expect((await askUdp(server, encode(QUERY))).readUInt16BE(0)).toBe(99);
    expect((await dns.counters())["failed"]).toBeUndefined();
    expect(dns.child.exitCode).toBeNull();
    expect(dns.logged()).toBe("");
    flood.close();
    junk.destroy();
  });

  test("a response that arrives gets no response", async () => {
    const before = (await dns.counters())["malformed"] ?? 0;
    const socket = createSocket("udp4");
    const received: Buffer[] = [];
    socket.on("message", (message) => received.push(message));
    socket.send(encode({ ...QUERY, type: "response" }), server.port, server.address);
    await expect.poll(async () => (await dns.counters())["malformed"] ?? 0).toBeGreaterThan(before);
    socket.send(encode(QUERY), server.port, server.address);
    await expect.poll(() => received.length).toBe(1);
    expect(received[0]?.readUInt16BE(0)).toBe(99);
    socket.close();
  });

  test("queries on one TCP connection are answered in order, in whatever pieces they come", async () => {
    const socket = await open(server);
    const queries = Buffer.concat([1, 2, 3].map((id) => streamEncode({ ...QUERY, id })));
    const answers = readMessages(socket, 3);
    for (const byte of queries) {
      socket.write(Buffer.from([byte]));
    }
    expect((await answers).map((packet) => packet.id)).toEqual([1, 2, 3]);
    socket.destroy();
  });

  test("a client that half-closes still gets its answer", async () => {
    const socket = await open(server);
    socket.end(streamEncode(QUERY));
    expect(await readMessages(socket, 1)).toMatchObject([{ id: 99 }]);
  });

  test("a connection is closed after the idle time, a byte now and then does not keep it", async () => {
    const socket = await open(server);
    const started = performance.now();
    const drip = setInterval(() => socket.write(Buffer.from([1])), 1_000);
    await once(socket, "close", { signal: AbortSignal.timeout((LIMITS.dnsTcpIdleSeconds + 10) * 1_000) });
    clearInterval(drip);
    expect((performance.now() - started) / 1_000).toBeGreaterThan(LIMITS.dnsTcpIdleSeconds - 1);
  });

  test("no more TCP connections than the limit, and UDP does not notice", async () => {
    await expect.poll(async () => (await dns.counters())["tcp_connections"]).toBe(0);
    const sockets = await Promise.all(Array.from({ length: LIMITS.dnsTcpConnections }, () => open(server)));
    await expect.poll(async () => (await dns.counters())["tcp_connections"]).toBe(LIMITS.dnsTcpConnections);
    const further = await open(server);
    await once(further, "close");
    expect(await dns.counters()).toMatchObject({ tcp_refused: 1 });
    expect((await askUdp(server, encode(QUERY))).readUInt16BE(0)).toBe(99);
    for (const socket of sockets) {
      socket.destroy();
    }
    await expect.poll(async () => (await dns.counters())["tcp_connections"]).toBe(0);
    const again = await open(server);
    again.write(streamEncode(QUERY));
    expect(await readMessages(again, 1)).toHaveLength(1);
  });

  test("a client that does not read is let go", async () => {
    const socket = await open(server);
    socket.pause();
    const query = streamEncode({ ...QUERY, questions: [{ name: "many.lb.example.test", type: "A" }] });
    // More answers than all buffers between the two hold.
    for (let times = 0; times < 200; times += 1) {
      socket.write(Buffer.concat(Array.from({ length: 100 }, () => query)));
    }
    await expect
      .poll(async () => (await dns.counters())["tcp_connections"], {
        timeout: (LIMITS.dnsTcpIdleSeconds + 10) * 1_000,
      })
      .toBeLessThanOrEqual(1);
    expect((await askUdp(server, encode(QUERY))).readUInt16BE(0)).toBe(99);
    socket.destroy();
  });
});

describe("a new configuration", () => {
  test("keeps the sockets that stay, serves new zones at once, closes what is gone", async () => {
    const dns = await DnsProcess.start();
    expect(await dns.observe()).toEqual({ generation: 0, bound: [], zones: [], addresses: [] });
    await dns.apply([LOOPBACK], ZONES, { generation: 1 });
    const server = await dns.endpoint();
    const connection = await open(server);

    await dns.apply([LOOPBACK, { address: "::1", port: 0 }], [], { generation: 2 });
    const { bound, ...rest } = await dns.observe();
    expect(rest).toEqual({ generation: 2, zones: [], addresses: [] });
    expect(bound).toHaveLength(2);
    expect(bound[0]).toEqual(server);
    connection.write(streamEncode(QUERY));
    expect(await readMessages(connection, 1)).toMatchObject([{ rcode: "REFUSED" }]);
    expect((await askUdp(bound[1] ?? server, encode(QUERY))).readUInt16BE(0)).toBe(99);

    await dns.apply([], ZONES, { generation: 3 });
    expect((await dns.observe()).bound).toEqual([]);
    const refused = connect(server.port, server.address);
    await expect(once(refused, "connect")).rejects.toThrow("ECONNREFUSED");
  });

  test("a wildcard address takes the place of a single one on the same port", async () => {
    const dns = await DnsProcess.start();
    await dns.apply([LOOPBACK], ZONES);
    const { port } = await dns.endpoint();
    await dns.apply([], ZONES);
    await dns.apply([{ address: "127.0.0.1", port }], ZONES);
    const wildcard = [{ address: "0.0.0.0", port }];
    expect(await dns.validate(wildcard)).toEqual({ problems: [] });
    expect(await dns.apply(wildcard, ZONES)).toEqual({ problems: [] });
    expect((await dns.observe()).bound).toEqual(wildcard);
  });

  test("that cannot be had names who is in the way and changes nothing, for TCP and for UDP", async () => {
    const dns = await DnsProcess.start();
    await dns.apply([LOOPBACK], ZONES, { generation: 1 });
    const before = await dns.observe();

    const tcp = createServer().listen(0, "127.0.0.1");
    // Free for TCP: a connection that just ended may keep a port that UDP alone would take.
    const udp = createSocket("udp4").bind(await freePort(), "127.0.0.1");
    await Promise.all([tcp.listening || once(tcp, "listening"), once(udp, "listening")]);
    for (const { port } of [tcp.address() as AddressInfo, udp.address()]) {
      const taken = { address: "127.0.0.1", port };
      const problems = [
        {
          code: "PORT_IN_USE",
          parameters: { ...taken, process: expect.stringContaining(`(pid ${process.pid})`) as string },
        },
      ];
      expect(await dns.validate([LOOPBACK, taken])).toEqual({ problems });
      expect(await dns.apply([taken], [], { generation: 2 })).toEqual({ problems });
      expect(await dns.observe()).toEqual(before);
      // At start what works is served.
      const free = { address: "127.0.0.1", port: 0 };
      expect(await dns.apply([free, taken], ZONES, { generation: 1, strict: false })).toEqual({ problems });
      expect(await dns.observe()).toEqual(before);
    }
    tcp.close();
    udp.close();
  });

  test("with an address that this host does not have says so", async () => {
    const dns = await DnsProcess.start();
    const { problems } = await dns.apply([{ address: "192.0.2.1", port: 5_300 }], ZONES);
    expect(problems).toMatchObject([{ code: "ADDRESS_NOT_BINDABLE", parameters: { address: "192.0.2.1" } }]);
  });
});
