import { beforeAll, expect, it } from "vitest";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import type { SiteHost } from "../e2e/site";
import { hostsMissing, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { createHostsSite, declared, type HostsSite } from "./site";

const { root, unit, user: agentUser } = HOST_LAYOUT;

describeUnless(hostsMissing() ?? pulumiMissing(), "a first `up` of several hosts", () => {
  let on: HostsSite;
  let a: TestHost;
  let b: TestHost;
  let c: TestHost;
  beforeAll(async () => {
    on = await createHostsSite(["edge-a", "edge-b", "edge-c"], { node: true });
    [a, b, c] = ["edge-a", "edge-b", "edge-c"].map((name) => on.hosts.host(name)) as [
      TestHost,
      TestHost,
      TestHost,
    ];
  });

  it("tells of every login that does not work, and has touched none of them", async () => {
    const { output } = await failingWith({
      ...declared([a]),
      ...strange(b),
      ...declared([c], "plain"),
    });
    expect(output).toContain("2 of 3 hosts cannot be used, so nothing was changed on any");
    expect(output).toMatch(/host edge-b: .*shows another host key.*\(SSH_HOST_KEY_CHANGED\)/);
    expect(output).toMatch(/host edge-c: installing the agent takes root there.*\(INSTALL_NEEDS_ROOT\)/);
    expect(output).not.toMatch(/host edge-a: (?:sending|starting|agent)/);
    for (const host of [a, b, c]) expect((await host.run(`ls ${root}`)).status).not.toBe(0);
  });

  it("leaves no host with an agent where one fails to get it, and says so of each", async () => {
    await b.fillDisk();
    const { output } = await failingWith(declared([a, b, c]));
    await b.freeDisk();
    expect(output).toMatch(/host edge-b: .*No space left on device/);
    for (const host of [a, c]) {
      const lines = output.split("\n").filter((line) => line.includes(`host ${host.name}: `));
      expect(lines.at(-1)).toContain("its agent is removed again");
      expect((await host.run(`systemctl cat ${unit}`)).status).not.toBe(0);
    }
    for (const host of [a, b, c]) expect((await host.run(`ls ${root}`)).status).not.toBe(0);
  });

  it("goes well after that; and a user without sudo may come into the group, as it is told", async () => {
    on.configure();
    await on.project.up();
    const { output } = await failingWith({ ...declared([a, b]), ...declared([c], "plain") });
    expect(output).toContain(`\`usermod --append --groups ${agentUser} plain\``);
    expect(output).toContain("LOGIN_NOT_IN_GROUP");
    await c.sh(`usermod --append --groups ${agentUser} plain`);
    await on.project.up();
    on.configure();
    await on.project.up();
    await on.project.destroy();
  });

  function failingWith(hosts: Record<string, SiteHost>): ReturnType<HostsSite["project"]["fail"]> {
    on.configure({ hosts });
    return on.project.fail("up", "--yes", "--skip-preview");
  }

  /** With the key of another host pinned. */
  function strange(host: TestHost): Record<string, SiteHost> {
    const connection = { ...host.connection(), hostKey: a.hostKey() };
    return { [host.name]: { addresses: [host.address], connection } };
  }
});
