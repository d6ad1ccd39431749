import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTRACT_VERSION, OffloadError, STATE_FILES, type FactsAnswer } from "tls-offload-agent/contract";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import { installOrKeep } from "../../../../provider/load-balancer/install-or-keep";
import { targetSchema, type Target } from "../../../../provider/resource/hidden-input";
import type { AgentClient } from "../../../../provider/transport/agent-client";
import { recordedLog, type RecordedLog } from "../../../support/ssh/log";
import { onCleanup, temporaryDirectory } from "../../../support/workspace";

const UNDONE = new OffloadError("AGENT_UPGRADE_UNDONE", "host edge-a", {
  version: "2.0.0",
  oldVersion: "1.0.0",
  seconds: 30,
  tail: "cannot start here",
});

describe("an agent that was put back because the new one did not come up", () => {
  it("goes on taking changes, and the person is told what to do", async () => {
    const log = recordedLog();
    const agent = await installing(UNDONE, await hostWith([CONTRACT_VERSION]), log);
    expect(agent.host).toBe("edge-a");
    expect(log.lines).toEqual([
      "warning: host edge-a: agent 2.0.0 did not serve within 30 s, so the host runs 1.0.0 again, as before; what the new one said: cannot start here. " +
        "Look at `journalctl -u tls-offload` on the host, mend the reason and run `pulumi up` again, which tries it once more. Until then 1.0.0 takes the changes; " +
        'where it cannot, go back to the package pulumi-tls-offload of before, or give the host `status: "Maintenance"`. (AGENT_UPGRADE_UNDONE)',
    ]);
  });

  it("is given no change that it would not understand", async () => {
    const target = await hostWith([CONTRACT_VERSION - 1]);
    await expect(installing(UNDONE, target)).rejects.toBe(UNDONE);
  });

  it("is not looked for where something else went wrong", async () => {
    const error = new Error("no space left on device");
    await expect(installing(error, await hostWith([CONTRACT_VERSION]))).rejects.toBe(error);
  });
});

function installing(error: Error, target: Target, log: RecordedLog = recordedLog()): Promise<AgentClient> {
  const prepared = { host: "edge-a", isBare: false, install: () => Promise.reject(error) };
  return installOrKeep(prepared, target, { log, deadline: deadlineIn(20) });
}

/** On which an agent answers that speaks these versions of the contract. */
async function hostWith(contractVersions: number[]): Promise<Target> {
  const stateDir = temporaryDirectory("kept");
  mkdirSync(join(stateDir, STATE_FILES.bundles));
  const facts: FactsAnswer = {
    agentVersion: "1.0.0",
    bundleSha256: "aa",
    contractVersions,
    loadBalancerId: "shop",
    pid: 1,
    nodeVersion: "24.21.0",
    opensslVersion: "3.5.8",
    dataPlane: "builtin",
    capabilities: { schedulers: [], healthCheckTypes: [], proxyProtocol: false, mutualTls: false },
  };
  const agent = createServer((_request, response) => response.end(JSON.stringify(facts)));
  onCleanup(() => {
    agent.close();
  });
  await new Promise<void>((resolve) => agent.listen(join(stateDir, STATE_FILES.controlSocket), resolve));
  const addresses = ["10.0.0.1"];
  const host = { addresses, bindAddresses: addresses, status: "Active", local: { stateDir } };
  return targetSchema.parse({
    loadBalancerId: "shop",
    dnsName: "shop.lb.internal",
    hosts: { "edge-a": host },
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 20,
  });
}
