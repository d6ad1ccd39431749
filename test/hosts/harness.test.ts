import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { hostsMissing, startHosts, type TestHost, type TestHosts } from "../support/hosts";
import { describeUnless } from "../support/needs";

describeUnless(hostsMissing(), "the test hosts themselves", () => {
  let hosts: TestHosts;
  let a: TestHost;
  let b: TestHost;
  beforeAll(async () => {
    hosts = await startHosts(["edge-a", "edge-b"]);
    [a, b] = hosts.all as [TestHost, TestHost];
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

  it("can be full, and be freed again", async () => {
    await a.fillDisk();
    expect((await a.run("head -c 1000000 /dev/zero >/root/large")).stderr).toContain("No space left");
    await a.freeDisk();
    expect((await a.run("head -c 1000000 /dev/zero >/root/large")).status).toBe(0);
  });
});
