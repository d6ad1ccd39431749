import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { beforeAll, expect, it } from "vitest";
import { hostsMissing, startHosts, type TestHost, type TestHosts } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { until } from "../support/until";
import { onCleanup } from "../support/workspace";

describeUnless(hostsMissing(), "the test hosts themselves", () => {
  let hosts: TestHosts;
  let a: TestHost;
  let b: TestHost;
  beforeAll(async () => {
    hosts = await startHosts(["edge-a", "edge-b"]);
    a = hosts.host("edge-a");
    b = hosts.host("edge-b");
  });

  it("are machines of their own", async () => {
    expect(await a.sh("hostname")).toBe("edge-a");
    expect(await a.sh("cat /etc/machine-id")).not.toBe(await b.sh("cat /etc/machine-id"));
    expect(a.hostKey()).not.toBe(b.hostKey());
    expect(await a.run("command -v node")).toMatchObject({ status: 127 });
    writeFileSync(a.path("/root/note"), "only here");
    expect(await a.sh("cat /root/note")).toBe("only here");
    expect((await b.run("cat /root/note")).status).toBe(1);
  });

  it("can be switched off and on, and keep disk and identity", async () => {
    const identity = await b.sh("cat /etc/machine-id; echo kept >/root/note; sync");
    await b.powerOff();
    expect(readFileSync(b.path("/root/note"), "utf8")).toBe("kept\n");
    await b.powerOn();
    expect(await b.sh("cat /etc/machine-id")).toBe(identity);
  });

  it("can be cut off from SSH, open connections too, and joined again", async () => {
    const socket = connect(22, a.address);
    onCleanup(() => void socket.destroy());
    let heard = 0;
    socket.on("data", (data) => (heard += data.length));
    await until("sshd greets", () => heard > 0);
    const greeting = heard;
    await a.cutSsh();
    socket.write("SSH-2.0-test\r\n");
    await until(
      "sshd wants to answer",
      async () => (await a.sh("ss --no-header --tcp state established 'sport = 22'")).split(/\s+/)[1] !== "0",
    );
    expect(heard).toBe(greeting);
    await a.restoreSsh();
    await until("the answer arrives", () => heard > greeting);
  });

  it("can be full, and be freed again", async () => {
    await a.fillDisk();
    expect((await a.run("head -c 1000000 /dev/zero >/root/large")).stderr).toContain("No space left");
    await a.freeDisk();
    expect((await a.run("head -c 1000000 /dev/zero >/root/large")).status).toBe(0);
  });
});
