import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { closeSessions, dials } from "../../../provider/transport/ssh/pool";
import { WITHOUT_THE_HOST } from "../../../proxy-agent/contract/errors/without-the-host";
import { freePort } from "../../support/free-port";
import { withLimit } from "../../support/limits";
import { describeUnless } from "../../support/needs";
import { recordedLog } from "../../support/ssh/log";
import { failureOf, openTo } from "../../support/ssh/open";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";
import { until } from "../../support/until";

const UNREACHABLE_REMEDY = `Look whether the machine is up, its sshd listens there, and no firewall is in between. ${WITHOUT_THE_HOST}. (SSH_UNREACHABLE)`;

describeUnless(missingForSshd, "connections to a real sshd", () => {
  let sshd: Sshd;
  let silent: Server;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
    silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
  });
  afterEach(closeSessions);
  afterAll(async () => {
    await sshd.stop();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  const dialled = (port = sshd.port): number => dials().get(`127.0.0.1:${port}`) ?? 0;

  it("shares one among 100 operations that begin at once, and among those that follow", async () => {
    const before = dialled();
    const sessions = await Promise.all(Array.from({ length: 100 }, () => openTo(sshd)));
    await Promise.all(sessions.slice(0, 12).map((session) => session.exec("true")));
    expect(new Set([...sessions, await openTo(sshd, { perDialTimeout: 3, dialErrorLimit: 1 })]).size).toBe(1);
    expect(dialled()).toBe(before + 1);
  });

  it("makes another one for another login", async () => {
    const before = dialled();
    await openTo(sshd);
    await openTo(sshd, { privateKey: undefined, privateKeyFile: sshd.userKey.file });
    expect(dialled()).toBe(before + 2);
  });

  it("makes another one when the first was lost", async () => {
    const before = dialled();
    const session = await openTo(sshd);
    sshd.cutConnections();
    await until("a command runs again", async () => (await session.exec("true")).status === 0);
    expect(dialled()).toBe(before + 2);
    expect(await openTo(sshd)).not.toBe(session);
  });

  it("waits for a machine that is just booting, and tells so", async () => {
    const port = await freePort();
    const log = recordedLog();
    const opening = openTo(
      sshd,
      { port, hostKey: undefined, insecureIgnoreHostKey: true },
      { log, patience: "born" },
    );
    const opened = opening.then(
      () => "opened",
      (error: unknown) => String(error),
    );
    await until("it was tried three times", () => dialled(port) >= 3);
    expect(log.lines[0]).toMatch(
      /^progress: host edge-a: waiting for SSH: connection refused \(\d+ s left\)$/,
    );
    const late = await startSshd({ port });
    try {
      // It is up, but has another user's key: the answer proves that the wait is over.
      expect(await opened).toMatch(/SSH_LOGIN_REFUSED/);
    } finally {
      await late.stop();
    }
  });

  it("waits for it no longer than the operation has time, and says what it last saw", async () => {
    const port = await freePort();
    const started = performance.now();
    expect(await failureOf(openTo(sshd, { port }, { patience: "born", seconds: 2 }))).toBe(
      `host edge-a: no SSH connection to 127.0.0.1 port ${port}: connection refused. ${UNREACHABLE_REMEDY}`,
    );
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it("tries a machine that was there before three times, not for all of the operation's time", async () => {
    const port = await freePort();
    expect(await failureOf(openTo(sshd, { port }, { seconds: 60 }))).toMatch(
      /connection refused.*SSH_UNREACHABLE/,
    );
    expect(dialled(port)).toBe(3);
  });

  it("counts failed tries as dialErrorLimit says", async () => {
    const port = await freePort();
    await failureOf(openTo(sshd, { port, dialErrorLimit: 2 }, { patience: "born", seconds: 60 }));
    expect(dialled(port)).toBe(2);
  });

  it("gives up a server that accepts and never answers, after perDialTimeout", async () => {
    const { port } = silent.address() as AddressInfo;
    expect(await failureOf(openTo(sshd, { port, perDialTimeout: 1, dialErrorLimit: 1 }))).toBe(
      `host edge-a: no SSH connection to 127.0.0.1 port ${port}: no answer within 1 s. ${UNREACHABLE_REMEDY}`,
    );
  });

  it("says so when the name cannot be resolved", async () => {
    expect(await failureOf(openTo(sshd, { host: "edge-a.invalid", dialErrorLimit: 1 }))).toMatch(
      /^host edge-a: no SSH connection to edge-a\.invalid port \d+: its name cannot be resolved/,
    );
  });

  it("says so when something else than SSH answers", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n".repeat(2_000));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await failureOf(openTo(sshd, { port, dialErrorLimit: 1 }))).toMatch(
      /^host edge-a: 127\.0\.0\.1 port \d+ does not speak SSH as it should: .*\(SSH_HANDSHAKE_FAILED\)$/,
    );
    server.close();
  });

  it("closes one that nobody uses, so that the process can end", async () => {
    await withLimit("sshIdleSeconds", 0.5, async () => {
      const before = sshd.log().length;
      const session = await openTo(sshd);
      await session.exec("sleep 1");
      await until("it is closed", () => /Received disconnect/.test(sshd.log().slice(before)));
      expect((await session.exec("echo back")).stdout.toString()).toBe("back\n");
    });
  });
});
