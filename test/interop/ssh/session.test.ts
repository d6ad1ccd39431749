import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { closeSessions, openSession } from "../../../provider/transport/ssh/pool";
import type { SshSession } from "../../../provider/transport/ssh/session";
import { describeUnless } from "../../support/needs";
import { connectionTo } from "../../support/ssh/connection";
import { recordedLog } from "../../support/ssh/log";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";

describeUnless(missingForSshd, "a session with a real sshd", () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterEach(closeSessions);
  afterAll(() => sshd.stop());

  const open = (changes: Readonly<Record<string, unknown>> = {}): Promise<SshSession> =>
    openSession(
      "edge-a",
      connectionTo(sshd, changes),
      { log: recordedLog(), deadline: deadlineIn(20) },
      "known",
    );

  it("runs a command and gives its status, its output byte for byte and its error output", async () => {
    const session = await open();
    const result = await session.exec("cat; echo oops >&2; exit 3", { input: Buffer.from([0, 255, 10, 10]) });
    expect(result.status).toBe(3);
    expect([...result.stdout]).toEqual([0, 255, 10, 10]);
    expect(result.stderr).toBe("oops");
  });

  it("streams both ways to a command that goes on", async () => {
    const stream = await (await open()).stream("cat");
    stream.write("one");
    const [first] = (await once(stream, "data")) as [Buffer];
    expect(first.toString()).toBe("one");
    stream.end("two");
    const rest = await stream.toArray();
    expect(Buffer.concat(rest as Buffer[]).toString()).toBe("two");
  });
});
