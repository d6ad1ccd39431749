import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { Backend, echo, pseudoRandom, sha256 } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, hashAll, readAll, readBytes, sClient, writeAll } from "../../support/tls-client";
import { standstill, until } from "../../support/until";
import { configuration, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

const LONG = process.env["TEST_LONG"] === "1";
const MEGABYTE = 1_024 * 1_024;

let plane: DataPlaneProcess;
let certificate: IssuedCertificate;
let port: number;

/** Points the listener at a backend that serves each connection so. */
async function serveWith(serve: (socket: Socket) => void, idleTimeoutSeconds = 900): Promise<Backend> {
  const backend = await Backend.start(serve);
  const listeners = [listener(port, [certificate], { idleTimeoutSeconds })];
  expect(await plane.apply(configuration(listeners, [group([backend.port])]))).toEqual([]);
  return backend;
}

beforeAll(async () => {
  certificate = await (await createAuthority()).issue({ names: ["localhost"] });
  port = await freePort();
  plane = await DataPlaneProcess.start({ workers: 1 });
});

describe("every byte arrives, once and in order", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("100 MB each way at the same time (%s)", async (version) => {
    const bytes = (LONG ? 1_000 : 100) * MEGABYTE;
    const uploaded: Promise<string>[] = [];
    await serveWith((socket) => {
      uploaded.push(hashAll(socket));
      void writeAll(socket, pseudoRandom("down", bytes)).then(() => socket.end());
    });
    const client = await connectTls(port, { minVersion: version, maxVersion: version, allowHalfOpen: true });
    const downloaded = hashAll(client);
    await writeAll(client, pseudoRandom("up", bytes));
    client.end();
    expect(await Promise.all(uploaded)).toEqual([sha256(pseudoRandom("up", bytes))]);
    expect(await downloaded).toBe(sha256(pseudoRandom("down", bytes)));
  });

  test("a server that speaks first is heard before the client says anything", async () => {
    await serveWith((socket) => void socket.write("220 ready\r\n"));
    const client = await connectTls(port);
    expect((await readBytes(client, 11)).toString()).toBe("220 ready\r\n");
    client.destroy();
  });

  test("1-byte ping-pong is not held back to be sent with more", async () => {
    await serveWith(echo);
    const client = await connectTls(port);
    const rounds = 500;
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round++) {
      client.write(Buffer.of(round % 256));
      expect([...(await readBytes(client, 1))]).toEqual([round % 256]);
    }
    // A delayed acknowledgement costs 40 ms a round.
    expect(performance.now() - startedAt).toBeLessThan(rounds * 20);
    client.destroy();
  });
});

describe("half-close", () => {
  test("the client ends its side and still gets the whole answer", async () => {
    await serveWith((socket) => {
      void readAll(socket)
        .then((request) => writeAll(socket, [request, ...pseudoRandom("answer", 5 * MEGABYTE)]))
        .then(() => socket.end());
    });
    const client = await connectTls(port, { allowHalfOpen: true });
    client.end("request");
    const answer = await readAll(client);
    expect(sha256([answer])).toBe(sha256([Buffer.from("request"), ...pseudoRandom("answer", 5 * MEGABYTE)]));
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "the backend ends its side and still gets all that the client sends (%s)",
    async (version) => {
      let received: Promise<string> | undefined;
      await serveWith((socket) => {
        socket.end("bye");
        received = hashAll(socket);
      });
      const client = await connectTls(port, {
        minVersion: version,
        maxVersion: version,
        allowHalfOpen: true,
      });
      expect((await readAll(client)).toString()).toBe("bye");
      await writeAll(client, pseudoRandom("late", 20 * MEGABYTE));
      client.end();
      expect(await received).toBe(sha256(pseudoRandom("late", 20 * MEGABYTE)));
    },
  );

  test("the backend ends its side in the middle of an upload that it takes slowly", async () => {
    const accepted: Socket[] = [];
    await serveWith((socket) => accepted.push(socket.pause()));
    const client = await connectTls(port, { allowHalfOpen: true });
    const upload = writeAll(client, pseudoRandom("slow", 20 * MEGABYTE)).then(() => client.end());
    await until(
      "the upload has come to a halt",
      standstill(() => client.bytesWritten),
    );
    const [socket] = accepted;
    socket?.end("bye");
    expect((await readAll(client)).toString()).toBe("bye");
    const received = socket && hashAll(socket);
    await upload;
    expect(await received).toBe(sha256(pseudoRandom("slow", 20 * MEGABYTE)));
  });
});

describe("a reader that stops", () => {
  const worker = (): number => {
    const [pid] = plane.workerPids();
    if (pid === undefined) throw new Error("there is no worker");
    return pid;
  };
  const residentMegabytes = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${worker()}/status`, "utf8"))?.[1] ?? NaN) / 1_024;

  test.each(["client", "backend"])("that is the %s: does not fill the worker's memory", async (who) => {
    const bytes = (LONG ? 1_000 : 300) * MEGABYTE;
    let sent = 0;
    const counted = function* (): Generator<Buffer> {
      for (const chunk of pseudoRandom("flood", bytes)) {
        sent += chunk.length;
        yield chunk;
      }
    };
    const backend = await serveWith((socket) => {
      if (who === "client") void writeAll(socket, counted()).catch(() => undefined);
      else socket.pause();
    });
    const before = residentMegabytes();
    const clients = await Promise.all(Array.from({ length: 4 }, () => connectTls(port)));
    for (const client of clients) {
      client.pause();
      if (who === "backend") void writeAll(client, counted()).catch(() => undefined);
    }
    await until(
      "nothing moves any more",
      standstill(() => sent),
    );
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(bytes);
    // Four connections: their buffers, and the garbage collector's slack.
    expect(residentMegabytes() - before).toBeLessThan(48);
    for (const client of clients) client.destroy();
    await backend.stop();
  });
});

describe("ends", () => {
  test("an idle connection ends with close_notify on one side and FIN on the other", async () => {
    const ended: string[] = [];
    await serveWith((socket) => void socket.resume().once("end", () => ended.push("backend")), 0.5);
    const client = await connectTls(port);
    client.resume().once("end", () => ended.push("client"));
    await once(client, "close");
    await until("the backend sees the end", () => ended.length === 2);
    expect((await plane.counters())["ended_idle"]).toBeGreaterThan(0);
  });

  test("traffic in one direction alone keeps a connection alive", async () => {
    await serveWith((socket) => {
      const timer = setInterval(() => socket.write("."), 50);
      socket.resume().once("close", () => {
        clearInterval(timer);
      });
    }, 0.5);
    const client = await connectTls(port);
    // Four times the idle timeout, by the data that came.
    expect((await readBytes(client, 40)).toString()).toBe(".".repeat(40));
    client.destroy();
  });

  test.each(["tls1_2", "tls1_3"])(
    "a backend that resets is not mistaken for one that has finished (%s)",
    async (version) => {
      const serve = (end: (socket: Socket) => void): Promise<Backend> =>
        serveWith((socket) => {
          socket.write("half an ans");
          socket.once("data", () => {
            end(socket);
          });
        });
      const ask = (): Promise<string> => sClient(port, [`-${version}`, "-ign_eof"], "go\n");
      // OpenSSL's word for an end without close_notify.
      const cutOff = "unexpected eof";
      await serve((socket) => socket.end());
      expect(await ask()).not.toContain(cutOff);
      const before = (await plane.counters())["backend_errors"] ?? 0;
      await serve((socket) => socket.resetAndDestroy());
      // Often, because data and RST may reach the relay together or apart.
      for (let time = 1; time <= 20; time++) {
        expect(await ask()).toContain(cutOff);
        expect((await plane.counters())["backend_errors"]).toBe(before + time);
      }
    },
  );

  test("a client that resets is not mistaken for one that has finished", async () => {
    const seen: string[] = [];
    let received = 0;
    await serveWith((socket) => {
      socket.on("data", () => (received += 1));
      socket.once("end", () => seen.push("end"));
      socket.once("error", () => seen.push("error"));
    });
    for (let client = 1; client <= 20; client++) {
      const raw = connect(port, "127.0.0.1");
      (await connectTls(port, { socket: raw })).write("half a requ");
      await until("it is relayed", () => received === client);
      raw.resetAndDestroy();
      await until("the backend sees it", () => seen.length === client);
    }
    expect(new Set(seen)).toEqual(new Set(["error"]));
  });
});
