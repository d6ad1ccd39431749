import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { STATE_FILES } from "../../../proxy-agent/contract";
import { TestAgent } from "../../support/agent";
import { temporaryDirectory } from "../../support/workspace";
import { change, group, loadBalancer } from "./objects";

let agent: TestAgent;
let machineId: string;
/** What told the agent from all others before its disk was copied. */
let original: string | undefined;

function becomeAnotherMachine(): void {
  writeFileSync(machineId, `${randomBytes(16).toString("hex")}\n`);
}

async function startAgain(): Promise<void> {
  await agent.kill("control");
  await agent.ready();
}

beforeAll(async () => {
  machineId = join(temporaryDirectory("machine"), "machine-id");
  becomeAnotherMachine();
  agent = await TestAgent.start({ env: { TLS_OFFLOAD_MACHINE_ID_FILE: machineId } });
});

describe("a disk that was copied to another machine", () => {
  it("is the new machine's own while it serves nothing, as in an image", async () => {
    becomeAnotherMachine();
    await startAgain();
    await agent.call("change", change([loadBalancer()]));
    const { cloned, instance } = await agent.call("facts", {});
    expect(cloned).toBe(false);
    original = instance;
  });

  it("does not give the machine's id away", () => {
    const recorded = readFileSync(join(agent.stateDir, STATE_FILES.machine), "utf8");
    expect(recorded).toMatch(/^[0-9a-f]{64}$/);
    expect(recorded).not.toContain(readFileSync(machineId, "utf8").trim());
  });

  it("serves and takes no change, so that two machines are never one host", async () => {
    becomeAnotherMachine();
    await startAgain();
    expect(await agent.call("facts", {})).toMatchObject({ cloned: true, loadBalancerId: "demo-dev-web" });
    for (const dryRun of [true, false]) {
      const request = change([group([1])], { dryRun });
      await expect(agent.call("change", request)).rejects.toMatchObject({ code: "HOST_CLONED" });
    }
    expect(agent.run("status")).toContain("takes no change");
  });

  it("is another agent than the one it was copied from, so that either can leave the load balancer", async () => {
    const { instance } = await agent.call("facts", {});
    expect(instance).not.toBe(original);
    await startAgain();
    expect(await agent.call("facts", {})).toMatchObject({ instance });
  });

  it("is the host once somebody says so, and after a restart", async () => {
    await agent.call("adopt", {});
    await agent.call("change", change([group([1])]));
    await startAgain();
    expect(await agent.call("facts", {})).toMatchObject({ cloned: false });
  });

  it("is not suspected on a machine without an id", async () => {
    rmSync(machineId);
    await startAgain();
    expect(await agent.call("facts", {})).toMatchObject({ cloned: false });
    await agent.call("change", change([group([2])]));
  });

  it("tells what the machine can hold", async () => {
    const { machine, unit } = await agent.call("facts", {});
    expect(Math.abs((machine?.timeMs ?? 0) - Date.now())).toBeLessThan(10_000);
    expect(machine?.descriptorLimit).toBeGreaterThan(0);
    expect(machine?.somaxconn).toBeGreaterThan(0);
    expect(machine?.ephemeralPorts?.high).toBeGreaterThan(machine?.ephemeralPorts?.low ?? Infinity);
    expect(unit).toEqual({ state: "none", dropIns: [] });
  });
});
