import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { closeSessions } from "../../../provider/transport/ssh/pool";
import { describeUnless } from "../../support/needs";
import { withLimit } from "../../support/limits";
import { failureOf, openTo } from "../../support/ssh/open";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";
import { until } from "../../support/until";

const LOST_REMEDY =
  "Look whether the machine is up, and run the same command again: it goes on where this one ended. " +
  "(SSH_CONNECTION_LOST)";

describeUnless(missingForSshd, "a session with a real sshd", () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterEach(closeSessions);
  afterAll(() => sshd.stop());

  it("runs a command and gives its status, its output byte for byte and its error output", async () => {
    const session = await openTo(sshd);
    const result = await session.exec("cat; echo oops >&2; exit 3", { input: Buffer.from([0, 255, 10, 10]) });
    expect(result.status).toBe(3);
    expect([...result.stdout]).toEqual([0, 255, 10, 10]);
    expect(result.stderr).toBe("oops");
  });

  it("keeps a character whole whose bytes come in different packets", async () => {
    const session = await openTo(sshd);
    const { stdout } = await session.exec(String.raw`printf '\303'; sleep 0.2; printf '\244'`);
    expect(stdout.toString("utf8")).toBe("ä");
  });

  it("carries megabytes in and out unchanged", async () => {
    const session = await openTo(sshd);
    const input = Buffer.alloc(8 * 1024 * 1024, "0123456789abcde\n");
    const { stdout, status } = await session.exec("cat", { input });
    expect(status).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  });

  it("keeps the end of a long error output", async () => {
    const session = await openTo(sshd);
    const { stderr } = await session.exec("seq 1 100000 >&2");
    expect(stderr).toMatch(/99999\n100000$/);
    expect(stderr.length).toBeLessThan(5_000);
  });

  it("refuses output without end instead of filling the memory, and stays usable", async () => {
    const session = await openTo(sshd);
    expect(await failureOf(session.exec("yes"))).toBe(
      "host edge-a: `yes` wrote more than 16777216 bytes. Look what answers there instead of the expected command. " +
        "(SSH_OUTPUT_TOO_LONG)",
    );
    expect((await session.exec("echo still there")).stdout.toString()).toBe("still there\n");
  });

  it("gives up a command that takes too long, and stays usable", async () => {
    const session = await openTo(sshd);
    expect(
      await failureOf(session.exec("while echo more; do sleep 0.1; done #4711", { timeoutSeconds: 0.5 })),
    ).toBe(
      "host edge-a: `while echo more; do sleep 0.1; done #4711` was not done within 0.5 s. Look what the machine is " +
        "busy with, and run the same command again. (SSH_COMMAND_TIMED_OUT)",
    );
    await until("it has ended on the machine", async () => {
      const { stdout } = await session.exec("pgrep -af 'done #471[1]' | grep -vc pgrep");
      return stdout.toString() === "0\n";
    });
  });

  it("says by what a command was killed", async () => {
    const session = await openTo(sshd);
    expect(await failureOf(session.exec("kill -KILL $$"))).toBe(
      "host edge-a: `kill -KILL $$` was ended by SIGKILL. Look at the machine's journal: memory may have run out. " +
        "(SSH_COMMAND_KILLED)",
    );
  });

  it("fails a command whose connection is cut in the middle, never half a result or an uncaught exception", async () => {
    const session = await openTo(sshd);
    const stream = await session.stream("echo started; sleep 100");
    const ended = failureOf(once(stream, "end"));
    await once(stream, "data");
    const running = failureOf(session.exec("echo half; sleep 100"));
    sshd.cutConnections();
    const cut = (command: string): string =>
      `host edge-a: the SSH connection was lost during \`${command}\`: the other side closed it. ${LOST_REMEDY}`;
    expect(await running).toBe(cut("echo half; sleep 100"));
    expect(await ended).toBe(cut("echo started; sleep 100"));
    expect((await session.exec("echo again")).stdout.toString()).toBe("again\n");
  });

  it("notices a machine that has gone silent in the middle of a command", async () => {
    const session = await withLimit("sshKeepAliveSeconds", 1, () => openTo(sshd));
    const running = failureOf(session.exec("sleep 100", { timeoutSeconds: 60 }));
    await until("the command runs", async () => (await session.exec("pgrep -xf 'sleep 100'")).status === 0);
    sshd.freezeConnections(true);
    try {
      expect(await running).toBe(
        `host edge-a: the SSH connection was lost during \`sleep 100\`: Keepalive timeout. ${LOST_REMEDY}`,
      );
    } finally {
      sshd.freezeConnections(false);
    }
  });

  it("runs 20 commands at once although the machine allows 10 sessions a connection", async () => {
    const session = await openTo(sshd);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => session.exec(`sleep 0.1; echo ${index}`)),
    );
    expect(results.map(({ stdout }) => Number(stdout.toString()))).toEqual([...Array(20).keys()]);
  });

  it("makes do with a machine that allows fewer", async () => {
    const narrow = await startSshd({ config: ["MaxSessions 2"] });
    try {
      const session = await openTo(narrow);
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, index) => session.exec(`sleep 0.1; echo ${index}`)),
      );
      expect(results.map(({ stdout }) => Number(stdout.toString()))).toEqual([...Array(10).keys()]);
    } finally {
      await narrow.stop();
    }
  });

  it("streams both ways to a command that goes on", async () => {
    const stream = await (await openTo(sshd)).stream("cat");
    stream.write("one");
    const [first] = (await once(stream, "data")) as [Buffer];
    expect(first.toString()).toBe("one");
    stream.end("two");
    const rest = await stream.toArray();
    expect(Buffer.concat(rest as Buffer[]).toString()).toBe("two");
  });

  it("fails a stream whose command fails, with what it said", async () => {
    const stream = await (await openTo(sshd)).stream("echo no such agent >&2; exit 127");
    stream.resume();
    expect(await failureOf(once(stream, "end"))).toBe(
      "host edge-a: `echo no such agent >&2; exit 127` ended with status 127: no such agent. Look at what it says. " +
        "(SSH_COMMAND_FAILED)",
    );
  });

  it("waits for a reader that is slow instead of holding everything in memory", async () => {
    const stream = await (await openTo(sshd)).stream("head -c 33554432 /dev/zero");
    await once(stream, "readable");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(stream.readableLength).toBeLessThan(4 * 1024 * 1024);
    let bytes = 0;
    for await (const chunk of stream) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(33_554_432);
  });

  it("connects to an address from the machine", async () => {
    const session = await openTo(sshd);
    const forwarded = await session.forward("127.0.0.1", sshd.port);
    const [banner] = (await once(forwarded, "data")) as [Buffer];
    expect(banner.toString()).toMatch(/^SSH-2\.0-OpenSSH/);
    forwarded.destroy();
  });
});
