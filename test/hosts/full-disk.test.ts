import { expect, it } from "vitest";
import { deadlineIn } from "../../provider/fleet/deadline";
import { removeAgent, type SshAgent } from "../../provider/transport/ssh/agent";
import { connectionSchema } from "../../provider/transport/ssh/connection";
import { hostsMissing, startHosts } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { recordedLog } from "../support/ssh/log";
import { installAgent } from "./agent";

describeUnless(hostsMissing(), "a host whose disk is full", () => {
  it("is told as such and keeps no half of an agent, which comes once there is room", async () => {
    const hosts = await startHosts(["edge-a"], { node: true });
    const host = hosts.host("edge-a");
    const connection = connectionSchema.parse(host.connection());
    const agent = (): SshAgent => ({
      host: host.name,
      loadBalancerId: "shop",
      connection,
      log: recordedLog(),
      deadline: deadlineIn(60),
    });
    await host.fillDisk();
    await expect(installAgent(agent())).rejects.toThrow(/^host edge-a: .*No space left on device/s);
    await host.freeDisk();
    const left =
      "find /opt/tls-offload /etc/systemd/system /usr/local/bin -name '*.new' -o -name '.incoming*'";
    expect((await host.run(left)).stdout).toBe("");
    const client = await installAgent(agent());
    expect((await client.call("facts", {})).supervised).toBe(true);
    await removeAgent(agent());
  });
});
