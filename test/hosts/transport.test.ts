import { afterEach, beforeAll, expect, it } from "vitest";
import { connectionSchema } from "../../provider/transport/ssh/connection";
import { deadlineIn } from "../../provider/fleet/deadline";
import { carriedBundle } from "../../provider/transport/local/bundle";
import { installAgent, lookForAgent, removeAgent, type SshAgent } from "../../provider/transport/ssh/agent";
import { closeSessions, dials } from "../../provider/transport/ssh/pool";
import { hostsMissing, startHosts, type HostUser, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { recordedLog, type RecordedLog } from "../support/ssh/log";

describeUnless(hostsMissing(), "the agent of a host over SSH", () => {
  let bare: TestHost;
  let withNode: TestHost;
  beforeAll(async () => {
    const hosts = await startHosts(["bare", "node"]);
    [bare, withNode] = hosts.all as [TestHost, TestHost];
  });
  afterEach(() => {
    closeSessions();
  });

  it("is installed where there is no Node, answers, and is taken away without a trace", async () => {
    const log = recordedLog();
    const agent = agentOf(bare, "root", log);
    expect(await lookForAgent(agent)).toBeNull();
    const client = await installAgent(agent);
    const facts = await client.call("facts", {});
    expect(facts.bundleSha256).toBe((await carriedBundle()).sha256);
    console.log(log, facts, dials());
    await removeAgent(agent);
    console.log(await bare.sh("ls /opt /var/lib; getent passwd | tail -3; ps aux | tail -5"));
  });
});

function agentOf(host: TestHost, user: HostUser, log: RecordedLog): SshAgent {
  const connection = connectionSchema.parse(host.connection(user));
  return { host: host.name, loadBalancerId: "shop-prod-web", connection, log, deadline: deadlineIn(300) };
}
