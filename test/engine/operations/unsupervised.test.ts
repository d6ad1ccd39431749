import { afterEach, beforeEach, expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { reviveAgent, type SshAgent } from "../../../provider/transport/ssh/agent";
import { connectionSchema } from "../../../provider/transport/ssh/connection";
import { closeSessions } from "../../../provider/transport/ssh/pool";
import { TestAgent } from "../../support/agent";
import { recordedLog, type RecordedLog } from "../../support/ssh/log";
import { playHost, type ScriptEnd } from "../../support/ssh/played-host";

let agent: TestAgent;
let log: RecordedLog;
beforeEach(async () => {
  agent = await TestAgent.start();
  log = recordedLog();
  await agent.kill("supervise");
});
afterEach(closeSessions);

/** `start`: what comes of `systemctl start` there. */
async function hostWith(start: ScriptEnd): Promise<SshAgent> {
  const script = (text: string): ScriptEnd | undefined =>
    text.includes("systemctl start") ? start : undefined;
  const played = await playHost({ stateDir: agent.stateDir, script });
  const connection = connectionSchema.parse(played.connection);
  return { host: "edge-a", loadBalancerId: "shop", connection, log, deadline: deadlineIn(60) };
}

it("a change over SSH goes on, and tells it once, where the agent answers and its unit was removed", async () => {
  const stderr = "Failed to start tls-offload.service: Unit tls-offload.service not found.\n";
  const host = await hostWith({ status: 5, stderr });
  for (const client of [await reviveAgent(host), await reviveAgent(host)])
    expect((await client?.call("facts", {}))?.supervised).toBe(false);
  expect(log.lines.filter((line) => line.startsWith("warning: "))).toEqual([
    "warning: host edge-a: its agent answers, but the supervisor is gone that starts again what dies of it, and cannot be started: Failed to start tls-offload.service: Unit tls-offload.service not found. Run `pulumi up --refresh`, which installs the agent again, from a program whose package pulumi-tls-offload is not older than that agent. (AGENT_NOT_SUPERVISED)",
  ]);
});
