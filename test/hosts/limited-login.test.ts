import { beforeAll, expect, it } from "vitest";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import { hostsMissing, type HostUser, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { until } from "../support/until";
import { callAgent } from "./agent";
import { createHostsSite, declared, type HostsSite } from "./site";

const { bundles, current, unit, unitFile, user: agentUser } = HOST_LAYOUT;
const ROOT_WANTED = /`pulumi up --refresh` once with a login that is root or may sudo without a password/;

// The tests go on from each other.
describeUnless(hostsMissing() ?? pulumiMissing(), "a login that runs dial-stdio alone", () => {
  let on: HostsSite;
  let host: TestHost;
  const logInAs = (user: HostUser): void => {
    on.configure({ hosts: declared(on.hosts.all, user) });
  };
  beforeAll(async () => {
    on = await createHostsSite(["edge-a"], { node: true });
    host = on.hosts.host("edge-a");
    logInAs("deploy");
    await on.project.up();
    await host.sh(`usermod --append --groups ${agentUser} limited`);
    logInAs("limited");
    await on.project.up();
  });

  it("is told of an edited unit which it cannot mend, and nothing is changed for that, now or later", async () => {
    await host.sh(`sed -i 's/^LimitCORE=0/LimitCORE=infinity/' ${unitFile} && systemctl daemon-reload`);
    const { output } = await on.project.up("--refresh", "--expect-no-changes");
    expect(output).toContain(
      "its systemd unit tls-offload.service is edited; to mend that takes root, and limited may not",
    );
    expect(output).toMatch(ROOT_WANTED);
    await on.project.up("--expect-no-changes");
    await on.project.preview("--refresh", "--expect-no-changes");
  });

  it("is told of an agent which it cannot upgrade, and nothing is changed for that, now or later", async () => {
    await host.sh(
      `cp --recursive ${current}/ ${bundles}/older && echo '// older' >>${bundles}/older/agent.cjs`,
    );
    await host.sh(
      `ln --symbolic --force --no-dereference ${bundles}/older ${current} && systemctl restart ${unit}`,
    );
    await until("the agent answers", () => callAgent(host, "facts", {}));
    for (const options of [["--refresh"], []]) {
      const { output } = await on.project.up(...options, "--expect-no-changes");
      expect(output).toMatch(/is not this provider's .* limited may not replace it/);
      expect(output).toMatch(ROOT_WANTED);
    }
  });

  it("is told who can start an agent that was stopped, before it is destroyed", async () => {
    await host.sh(`systemctl stop ${unit}`);
    const { output } = await on.project.fail("destroy", "--yes", "--skip-preview");
    expect(output).toContain("the agent does not answer, and limited may not start it");
    expect(output).toContain("Run `systemctl start tls-offload` on the host as root");
  });

  it("leaves all of that to one that may", async () => {
    logInAs("deploy");
    await on.project.up("--refresh");
    expect(await callAgent(host, "facts", {})).toMatchObject({
      supervised: true,
      unit: { state: "as installed" },
    });
    expect(await host.sh(`tail -n 1 ${current}/agent.cjs`)).not.toBe("// older");
    await on.project.preview("--refresh", "--expect-no-changes");
    await on.project.destroy();
  });
});
