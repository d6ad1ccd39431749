import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { bind } from "../../../../proxy-agent/data-plane/builtin/primary/bound-socket";
import { endpointKey } from "../../../../proxy-agent/data-plane/builtin/messages";
import { Acceptor } from "../../../../proxy-agent/data-plane/builtin/worker/acceptor";
import type { Listener } from "../../../../proxy-agent/data-plane/builtin/worker/listener";
import { Worker } from "../../../../proxy-agent/data-plane/builtin/worker/worker";
import type { DataPlaneConfiguration, DataPlaneGroup } from "../../../../proxy-agent/data-plane/interface";
import { createAuthority } from "../../../../scripts/demo/certificate-authority";
import { configuration, group, listener } from "../../../blackbox/data-plane/configuration";
import { Backend, echo, named } from "../../../support/backends";
import { freePort } from "../../../support/free-port";
import { connectTls, readAll, readBytes } from "../../../support/tls-client";
import { until } from "../../../support/until";
import { onCleanup, trackProcess } from "../../../support/workspace";

// The real ones are too long to wait for and too large to fill.
vi.mock("../../../../proxy-agent/contract/limits", async (original) => {
  const { LIMITS } = await original<{ LIMITS: Record<string, number> }>();
  const small = { connectionsPerWorker: 3, backlog: 2, handshakeSeconds: 0.3, retiredConnectionSeconds: 0.6 };
  return { LIMITS: { ...LIMITS, ...small, backendConnectSeconds: 0.3, closeGraceSeconds: 0.3 } };
});

const certificate = createAuthority().then((authority) => authority.issue({ names: ["localhost"] }));

/** One worker in this process, fed as the data-plane process feeds it. */
let worker: Worker;
let port: number;

beforeEach(async () => {
  const fresh = new Worker({ index: 0, workers: 1 });
  const sweep = setInterval(() => {
    fresh.sweep();
  }, 20);
  onCleanup(() => {
    fresh.retireAll();
    clearInterval(sweep);
  });
  worker = fresh;
  port = await freePort();
});

async function listen(): Promise<void> {
  const endpoint = endpointKey({ address: "127.0.0.1", port });
  const socket = bind(endpoint);
  expect(socket).toBeTypeOf("object");
  expect(await worker.listen(endpoint, socket)).toBe("");
}

function commit(next: DataPlaneConfiguration, retire = true): void {
  expect(worker.provision(next)).toEqual([]);
  worker.commit([], retire);
}

async function serve(
  servers: readonly number[],
  { certificates = 1, ...more }: Partial<DataPlaneGroup> & { certificates?: number } = {},
): Promise<void> {
  const chain = Array.from({ length: certificates }, () => certificate);
  await listen();
  commit(configuration([listener(port, await Promise.all(chain))], [group(servers, more)]));
}

async function rawClient(): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  onCleanup(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

const endOf = (socket: Socket): Promise<unknown> => once(socket.resume(), "close");

describe("a client that connects and says nothing", () => {
  test.each([1, 2])("is closed in time and forgotten (%i certificates)", async (certificates) => {
    await serve([], { certificates });
    const client = await rawClient();
    await endOf(client);
    await until("it is counted", () => worker.counters.handshakesTimedOut === 1);
    await until("it is forgotten", () => worker.isIdle);
  });
});

describe("a full worker", () => {
  test("refuses one connection more, serves those it has, and takes new ones when one has left", async () => {
    await serve([(await Backend.start(echo)).port]);
    const clients = await Promise.all([connectTls(port), connectTls(port), connectTls(port)]);
    await expect(connectTls(port)).rejects.toThrow();
    expect(worker.counters.refusedByConnectionLimit).toBe(1);
    for (const client of clients) {
      client.write("hello");
      expect((await readBytes(client, 5)).toString()).toBe("hello");
      client.destroy();
    }
    await until("they have left", () => worker.isIdle);
    (await connectTls(port)).destroy();
  });
});

describe("clients that come before the change is made", () => {
  /** Comes after as many as may be held, and is refused for it: so the others have been accepted. */
  async function oneTooMany(): Promise<void> {
    await endOf(await rawClient());
  }

  test("are served by it; more than the backlog are refused", async () => {
    await listen();
    const backend = await Backend.start(named("ECS01"));
    const raw = [await rawClient(), await rawClient()];
    await oneTooMany();
    commit(configuration([listener(port, [await certificate])], [group([backend.port])]));
    for (const socket of raw) {
      const client = await connectTls(port, { socket });
      expect((await readBytes(client, 6)).toString()).toBe("ECS01\n");
      client.destroy();
    }
    await until("they have left", () => worker.isIdle);
  });

  test.each(["FIN", "RST"])("and leave before it (%s) cost nobody anything", async (how) => {
    const acceptor = new Acceptor();
    expect(await acceptor.listen(bind(endpointKey({ address: "127.0.0.1", port })))).toBe("");
    const [client, patient] = [await rawClient(), await rawClient()];
    await until("both are held", () => acceptor.waiting === 2);
    if (how === "FIN") client.end();
    else client.resetAndDestroy();
    await until("it is let go", () => acceptor.waiting === 1);
    const accepted: Socket[] = [];
    acceptor.route({ accept: (socket: Socket) => accepted.push(socket) } as unknown as Listener);
    expect(accepted.map((socket) => socket.remotePort)).toEqual([patient.localPort]);
    acceptor.close();
  });
});

describe("a server that does not answer", () => {
  test("is given up in time, and the client gets the next one", async () => {
    const backend = await Backend.start(named("ECS01"));
    await serve([await silentPort(), backend.port]);
    for (let turn = 0; turn < 2; turn++) {
      const client = await connectTls(port);
      expect((await readBytes(client, 6)).toString()).toBe("ECS01\n");
      client.destroy();
    }
    expect(worker.counters.backendConnectFailures).toBe(1);
  });

  test("and is removed meanwhile: the client gets the next one, and no drain clock", async () => {
    const backend = await Backend.start(echo);
    await serve([await silentPort()], { drainTimeoutSeconds: 0 });
    const client = await connectTls(port);
    await until("it is on its way", () => {
      const [observed] = worker.observe().listeners;
      return Object.values(observed?.connectionsByServer ?? {})[0] === 1;
    });
    const next = group([backend.port], { drainTimeoutSeconds: 0 });
    commit(configuration([listener(port, [await certificate])], [next]));
    client.write("hello");
    expect((await readBytes(client, 5)).toString()).toBe("hello");
    const sweeps = vi.spyOn(worker, "sweep");
    await until("time has had its say", () => sweeps.mock.calls.length > 2);
    client.write("again");
    expect((await readBytes(client, 5)).toString()).toBe("again");
    client.destroy();
  });

  test("is one of at most three that are tried", async () => {
    const dead = await Promise.all(Array.from({ length: 5 }, freePort));
    await serve(dead);
    expect((await readAll(await connectTls(port))).toString()).toBe("");
    expect(worker.counters.backendConnectFailures).toBe(3);
  });
});

describe("connections that their group gives time to", () => {
  test("are told of for as long as they may go on, though listener and group are gone", async () => {
    await serve([(await Backend.start(echo)).port], { drainTimeoutSeconds: 300 });
    const client = await connectTls(port);
    client.write("hello");
    await readBytes(client, 5);
    expect(worker.observe().drainSeconds).toBe(0);
    commit(configuration([], []));
    const { drainSeconds } = worker.observe();
    expect([drainSeconds > 0, drainSeconds <= 300]).toEqual([true, true]);
    client.destroy();
    await until("it has left", () => worker.observe().drainSeconds === 0);
  });
});

describe("connections that nothing else ends", () => {
  test("end in time when their listener was removed and its group has no drain timeout", async () => {
    await serve([(await Backend.start(echo)).port]);
    const client = await connectTls(port);
    client.write("hello");
    await readBytes(client, 5);
    commit(configuration([], [group([])]));
    expect(worker.observe().drainSeconds).toBe(0);
    await endOf(client);
    expect(worker.counters.endedByDrain).toBe(1);
    await until("it is forgotten", () => worker.observe().listeners.length === 0);
  });

  test("end in time in a worker that nobody leads any more, even if they were in their handshake", async () => {
    await serve([(await Backend.start(echo)).port]);
    const [raw, live] = [await rawClient(), await connectTls(port)];
    await until("both are accepted", () => worker.counters.connections === 2);
    worker.retireAll();
    const late = await connectTls(port, { socket: raw });
    await Promise.all([endOf(late), endOf(live)]);
    await until("the worker may end", () => worker.isIdle);
  });

  test("are closed when the client keeps its side open after it was told that it is over", async () => {
    await listen();
    const backend = await Backend.start((socket) => void socket.resume());
    const listeners = [listener(port, [await certificate], { idleTimeoutSeconds: 0.2 })];
    commit(configuration(listeners, [group([backend.port])]));
    const client = await connectTls(port, { allowHalfOpen: true });
    await readAll(client);
    await until("it is forgotten", () => worker.isIdle);
  });
});

/** A port whose kernel queue is full and that nobody empties: a connect gets no answer. */
async function silentPort(): Promise<number> {
  const script =
    "const s = require('net').createServer().listen(0, '127.0.0.1', 0, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  trackProcess(child);
  onCleanup(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const silent = Number(line.toString());
  child.kill("SIGSTOP");
  for (let free = true; free;) {
    const filler = connect(silent, "127.0.0.1").on("error", () => undefined);
    onCleanup(() => void filler.destroy());
    const timer = new Promise<boolean>((resolve) => setTimeout(resolve, 300, false));
    free = await Promise.race([timer, once(filler, "connect").then(() => true)]);
  }
  return silent;
}
