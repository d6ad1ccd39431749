import { beforeAll, expect, it } from "vitest";
import { visit } from "../../scripts/demo/visit";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import { SITE_NAME } from "../e2e/site";
import { hostsMissing, type HostUser, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { until } from "../support/until";
import { declared, createHostsSite, type HostsSite } from "./site";

const { bundles, current, unit, user: agentUser } = HOST_LAYOUT;

describeUnless(hostsMissing() ?? pulumiMissing(), "what a login may do on a host", () => {
  let on: HostsSite;
  let host: TestHost;
  beforeAll(async () => {
    on = await createHostsSite(["edge-a"], { node: true });
    host = on.hosts.host("edge-a");
  });

  const logInAs = (user: HostUser, changes: { cert?: string; key?: string } = {}): void => {
    on.configure({ hosts: declared(on.hosts.all, user), ...changes });
  };
  const served = async (): Promise<string> => {
    const { certificate } = await visit(SITE_NAME, host.address, 443, on.authority.certPem);
    return certificate.fingerprint256;
  };

  it("a user without sudo installs nothing, and is told what it takes", async () => {
    logInAs("plain");
    const { output } = await on.project.fail("up", "--yes", "--skip-preview");
    expect(output).toContain(
      "installing the agent takes root there, and plain is not root and may not sudo without a password",
    );
    expect(output).toContain("INSTALL_NEEDS_ROOT");
    expect((await host.run(`ls ${HOST_LAYOUT.root}`)).status).not.toBe(0);
  });

  it("a user with sudo installs the agent and serves the site", async () => {
    logInAs("deploy");
    await on.project.up();
    expect(await served()).toMatch(/^[\dA-F:]+$/);
  });

  it("a login restricted to dial-stdio renews a certificate, but leaves an older agent alone and says so", async () => {
    await host.sh(`usermod --append --groups ${agentUser} limited`);
    // Another program than the provider carries, as an older one would be.
    await host.sh(
      `cp --recursive ${current}/ ${bundles}/older && echo '// older' >>${bundles}/older/agent.cjs`,
    );
    await host.sh(
      `ln --symbolic --force --no-dereference ${bundles}/older ${current} && systemctl restart ${unit}`,
    );
    const before = await until("the agent serves again", served);
    const { chainPem, keyPem } = await on.authority.issue({ names: [SITE_NAME] });
    logInAs("limited", { cert: chainPem, key: keyPem });
    const { output } = await on.project.up();
    expect(output).toMatch(
      /host edge-a: its agent \(version \S+\) is not this provider's .* limited may not replace it/,
    );
    expect(await served()).not.toBe(before);
    expect(await host.sh(`tail -n 1 ${current}/agent.cjs`)).toBe("// older");
  });

  it("the restricted login runs nothing else, and cannot take the agent away", async () => {
    const { output } = await on.project.fail("destroy", "--yes", "--skip-preview");
    expect(output).toContain("INSTALL_NEEDS_ROOT");
    expect(await host.sh(`systemctl is-active ${unit}`)).toBe("active");
  });

  it("a user with sudo then brings the agent up to date, and takes it away", async () => {
    logInAs("deploy");
    const { output } = await on.project.up();
    expect(output).toMatch(/host edge-a: agent \S+ is upgraded/);
    await on.project.destroy();
    expect((await host.run(`systemctl cat ${unit}`)).status).not.toBe(0);
  });
});
