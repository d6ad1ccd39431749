import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectOverTls } from "node:tls";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PROBE_EXPORTER_BYTES, PROBE_EXPORTER_LABEL } from "../../../proxy-agent/contract/probe";
import { healthKey, type DataPlaneListener } from "../../../proxy-agent/data-plane/interface";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { Backend, echo, named } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, readAll, readBytes } from "../../support/tls-client";
import { until } from "../../support/until";
import { configuration, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

const LONG = process.env["TEST_LONG"] === "1";

let plane: DataPlaneProcess;
let certificate: IssuedCertificate;
let port: number;

beforeAll(async () => {
  certificate = await (await createAuthority()).issue({ names: ["localhost"] });
  // One worker: its rotation is the whole host's.
  plane = await DataPlaneProcess.start({ workers: 1 });
});

beforeEach(async () => {
  port = await freePort();
});

async function serve(
  servers: Parameters<typeof group>[0],
  overrides: Partial<DataPlaneListener> = {},
  options: Parameters<DataPlaneProcess["apply"]>[1] = {},
): Promise<void> {
  const listeners = [listener(port, [certificate], overrides)];
  expect(await plane.apply(configuration(listeners, [group(servers)]), options)).toEqual([]);
}

/** Who answers one new connection. */
async function whoAnswers(): Promise<string> {
  const client = await connectTls(port);
  client.end();
  return (await readAll(client)).toString().trim();
}

async function counter(name: string): Promise<number> {
  return (await plane.counters())[name] ?? 0;
}

const keyOf = ({ port: backendPort }: { port: number }): string =>
  healthKey({ id: "lb/group/web" }, { id: `s${backendPort}`, ip: "127.0.0.1", port: backendPort });

describe("which server gets a connection", () => {
  test("weights 3:1 give 3:1", async () => {
    const [one, two] = [await Backend.start(named("ECS01")), await Backend.start(named("ECS02"))];
    await serve([
      { port: one.port, weight: 3 },
      { port: two.port, weight: 1 },
    ]);
    for (let turn = 0; turn < 40; turn++) await whoAnswers();
    expect([one.accepted, two.accepted]).toEqual([30, 10]);
  });

  test("weight 0 and unhealthy get none, unknown ones only when nobody is known to be healthy", async () => {
    const backends = await Promise.all(
      ["healthy", "unknown", "unhealthy", "weightless"].map((name) => Backend.start(named(name))),
    );
    const [healthy, unknown, unhealthy, weightless] = backends as [Backend, Backend, Backend, Backend];
    const servers = [healthy, unknown, unhealthy].map((backend) => ({ port: backend.port, weight: 100 }));
    await serve(
      [...servers, { port: weightless.port, weight: 0 }],
      {},
      {
        health: {
          [keyOf(healthy)]: "healthy",
          [keyOf(unknown)]: "unknown",
          [keyOf(unhealthy)]: "unhealthy",
        },
      },
    );
    for (let turn = 0; turn < 8; turn++) expect(await whoAnswers()).toBe("healthy");
    await plane.call("setHealth", { health: { [keyOf(healthy)]: "unhealthy" } });
    for (let turn = 0; turn < 8; turn++) expect(await whoAnswers()).toBe("unknown");
    await plane.call("setHealth", { health: { [keyOf(unknown)]: "unhealthy" } });
    // A clean end, so that the client does not wait for an answer that cannot come.
    expect(await whoAnswers()).toBe("");
    await plane.call("setHealth", { health: { [keyOf(unhealthy)]: "healthy" } });
    expect(await whoAnswers()).toBe("unhealthy");
  });

  test("a dead server's connections go to the next one, and the client does not notice", async () => {
    const alive = await Backend.start(named("alive"));
    const dead = await freePort();
    await serve([dead, alive.port]);
    for (let turn = 0; turn < 10; turn++) expect(await whoAnswers()).toBe("alive");
    expect(await counter("backend_connect_failures")).toBeGreaterThan(0);
  });

  test("when all are dead the client is told so at once, and the first that is back gets the next one", async () => {
    const gone = await Backend.start(named("gone"));
    await gone.stop();
    await serve([gone.port]);
    const before = await counter("no_server_closes");
    expect(await whoAnswers()).toBe("");
    expect(await counter("no_server_closes")).toBe(before + 1);
  });
});

describe("before the handshake is complete", () => {
  test("no backend hears of it", async () => {
    const backend = await Backend.start(named("ECS01"));
    await serve([backend.port]);
    const before = await counter("connections");
    const waiting = await Promise.all(
      [Buffer.alloc(0), Buffer.of(22, 3, 1), Buffer.of(22)].map(async (bytes) => {
        const socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        socket.write(bytes);
        return socket;
      }),
    );
    await until("they are accepted", async () => (await counter("connections")) === before + 3);
    // Comes after them, so that they would have been passed on by then.
    expect(await whoAnswers()).toBe("ECS01");
    expect(backend.accepted).toBe(1);
    for (const socket of waiting) socket.destroy();
  });

  test.each([1, 2])(
    "garbage is refused at once, counted, and never relayed (%i certificates)",
    async (count) => {
      const backend = await Backend.start(named("ECS01"));
      const certificates = Array.from({ length: count }, () => certificate);
      await plane.apply(configuration([listener(port, certificates)], [group([backend.port])]));
      const before = await counter("handshakes_failed");
      const garbage = ["GET / HTTP/1.1\r\nhost: x\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", randomBytes(600)];
      for (const bytes of garbage) {
        const socket = connect(port, "127.0.0.1").on("error", () => undefined);
        socket.resume().write(bytes);
        await once(socket, "close");
      }
      expect(await counter("handshakes_failed")).toBe(before + garbage.length);
      expect(backend.accepted).toBe(0);
    },
  );

  test.each([1, 2])(
    "a ClientHello that comes byte by byte is understood (%i certificates)",
    async (count) => {
      const backend = await Backend.start(named("ECS01"));
      const certificates = Array.from({ length: count }, () => certificate);
      await plane.apply(configuration([listener(port, certificates)], [group([backend.port])]));
      const socket = await byteByByte(port);
      const client = connectOverTls({ socket, rejectUnauthorized: false, servername: "localhost" });
      await once(client, "secureConnect");
      client.end();
      expect((await readAll(client)).toString()).toBe("ECS01\n");
    },
  );
});

describe("limits", () => {
  test("connections a second over the limit are refused and counted", async () => {
    const backend = await Backend.start(named("ECS01"));
    await serve([backend.port], { connectionsPerSecond: 5 });
    const before = await counter("refused_by_rate_limit");
    const attempts = await Promise.allSettled(Array.from({ length: 50 }, () => whoAnswers()));
    const served = attempts.filter(({ status }) => status === "fulfilled").length;
    expect(served).toBeGreaterThanOrEqual(5);
    expect(served).toBeLessThan(25);
    expect(await counter("refused_by_rate_limit")).toBe(before + 50 - served);
  });

  test("2,000 connections at once are served, and all are let go", async () => {
    const backend = await Backend.start(echo);
    await serve([backend.port]);
    const wanted = LONG ? 8_000 : 2_000;
    const clients = [];
    for (let begun = 0; begun < wanted; begun += 100) {
      clients.push(...(await Promise.all(Array.from({ length: 100 }, () => connectTls(port)))));
    }
    for (const client of clients) client.write("hello");
    const answers = await Promise.all(clients.map((client) => readBytes(client, 5)));
    expect(answers.every((answer) => answer.toString() === "hello")).toBe(true);
    const observed = (await plane.observe()).listeners.find(({ id }) => id === `lb/listener/${port}`);
    expect(observed).toMatchObject({
      connections: wanted,
      connectionsByServer: { [keyOf(backend)]: wanted },
    });
    for (const client of clients) client.end();
    await until("all are let go", () => backend.sockets.size === 0);
    await until("the worker is empty", async () => {
      const now = (await plane.observe()).listeners.find(({ id }) => id === `lb/listener/${port}`);
      return now?.connections === 0;
    });
  });
});

test.each(["TLSv1.2", "TLSv1.3"] as const)("a probe is found by its exporter value (%s)", async (version) => {
  const backend = await Backend.start(named("ECS01"));
  await serve([backend.port]);
  const probe = async () => {
    const client = await connectTls(port, { minVersion: version, maxVersion: version });
    const exporter = client.exportKeyingMaterial(
      PROBE_EXPORTER_BYTES,
      PROBE_EXPORTER_LABEL,
      undefined as never,
    );
    await readBytes(client, 1);
    const { record } = await plane.call("probe", { exporterHex: exporter.toString("hex") });
    client.destroy();
    return record;
  };
  expect((await plane.call("probe", { exporterHex: "0".repeat(64) })).record).toBeNull();
  await plane.call("openProbeWindow", { seconds: 10 });
  expect(await probe()).toEqual({
    listenerId: `lb/listener/${port}`,
    serverGroupId: "lb/group/web",
    serverId: `s${backend.port}`,
    state: "relaying",
  });
});

/** A connected socket that sends each write as one segment a byte. */
async function byteByByte(to: number): Promise<Socket> {
  const socket = connect(to, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  const relay = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      for (const byte of chunk) socket.write(Buffer.of(byte));
      done();
    },
    final: (done) => {
      socket.end(done);
    },
  });
  socket.on("data", (chunk) => relay.push(chunk)).on("end", () => relay.push(null));
  return relay as unknown as Socket;
}
