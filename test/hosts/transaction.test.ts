import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { expectAgreement, fingerprintOf, type HostObjects } from "../support/end-state";
import { hostsMissing, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { until } from "../support/until";
import { callAgent } from "./agent";
import { createTwoStacks, PORTS, type TwoStacks } from "./two-stacks";

/** Of two `up`s at once. The first one of the second stack creates what it has. */
const ROUNDS = process.env["TEST_LONG"] === "1" ? 20 : 3;
/** For an `up` to come to its first change on a slow machine. */
const PATIENCE_SECONDS = 120;

// The tests go on from each other.
describeUnless(hostsMissing() ?? pulumiMissing(), "an `up` in the middle of which something dies", () => {
  let on: TwoStacks;
  let a: TestHost;
  let c: TestHost;
  let before: HostObjects;
  beforeAll(async () => {
    on = await createTwoStacks(["edge-a", "edge-b", "edge-c"]);
    [a, c] = [on.hosts.host("edge-a"), on.hosts.host("edge-c")];
    await on.project.up();
    before = await expectAgreement(on.serving);
  });

  it("puts all hosts back when the third one's SSH is cut while the first one is being verified", async () => {
    const renewed = await on.renew("test");
    const output = await failedUp(a, async () => {
      await c.cutSsh();
      await a.restorePort(PORTS.test);
    });
    expect(output).toMatch(/error: host edge-c: .*\(SSH_\w+\)/);
    expect(output).toContain(
      "Host by host: edge-a: put back as it was; edge-b: put back as it was; " +
        "edge-c: did not answer; if it made the change, it takes it back within 15 s.",
    );
    await c.restoreSsh();
    expect(await expectAgreement(on.serving)).toEqual(before);
    await upCleanly(renewed);
  });

  it("puts all hosts back when the third one's power fails while it is being verified itself", async () => {
    const renewed = await on.renew("test");
    const output = await failedUp(c, () => c.powerOff());
    expect(output).toMatch(/error: host edge-c: .*\([A-Z_]+\)/);
    expect(output).toContain(
      "Host by host: edge-a: put back as it was; edge-b: put back as it was; " +
        "edge-c: could not be put back (host edge-c: no SSH connection to ",
    );
    await c.powerOn();
    expect(await expectAgreement(on.serving)).toEqual(before);
    await upCleanly(renewed);
  });

  it("leaves all hosts as they were when the provider is killed while all of them have the change", async () => {
    const renewed = await on.renew("test");
    await failedUp(c, async () => {
      process.kill(providerIn(on.project.directory), "SIGKILL");
      await c.restorePort(PORTS.test);
    });
    expect(await expectAgreement(on.serving)).toEqual(before);
    await upCleanly(renewed);
  });

  it("loses nothing when two stacks change one load balancer at once, the second one through its handle", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const renewed = [await on.renew("test"), await on.renew("other")];
      await Promise.all([on.project.up(), on.project.up("--stack", "other")]);
      const objects = Object.values(await expectAgreement(on.serving)).join();
      for (const cert of renewed) expect(objects, `round ${round}`).toContain(fingerprintOf(cert));
    }
    const preview = ["--refresh", "--expect-no-changes"];
    await Promise.all([on.project.preview(...preview), on.project.preview(...preview, "--stack", "other")]);
  });

  /** Of an `up` to which `then` happens while it waits for a handshake with that host, which has the change. */
  async function failedUp(held: TestHost, then: () => Promise<void>): Promise<string> {
    await held.cutPort(PORTS.test);
    const running = on.project.start("up", "--yes", "--skip-preview");
    const hasTheChange = async (): Promise<boolean> =>
      (await callAgent(held, "document", {})).pending !== null;
    await until(`${held.name} has the change`, hasTheChange, PATIENCE_SECONDS);
    await then();
    const { code, output } = await running.done;
    expect(code, output).not.toBe(0);
    return output;
  }

  async function upCleanly(cert: string): Promise<void> {
    await on.project.up();
    before = await expectAgreement(on.serving);
    expect(Object.values(before).join()).toContain(fingerprintOf(cert));
  }
});

function providerIn(directory: string): number {
  const pid = readdirSync("/proc").find((name) => {
    try {
      return (
        readlinkSync(`/proc/${name}/cwd`) === directory &&
        readFileSync(`/proc/${name}/cmdline`, "utf8").includes("dynamic-provider")
      );
    } catch {
      return false;
    }
  });
  if (pid === undefined) throw new Error("there is no provider process");
  return Number(pid);
}
