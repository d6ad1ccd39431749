import { describe, expect, it } from "vitest";
import { HOST_LAYOUT, LIMITS } from "../../../../proxy-agent/contract";
import { commandText, unitText } from "../../../../proxy-agent/host/unit";

const settings = new Map(
  unitText()
    .split("\n")
    .filter((line) => /^\w+=/.test(line))
    .map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
);

describe("the agent's unit", () => {
  it("runs through the links that an upgrade switches, never a version's own path", () => {
    expect(settings.get("ExecStart")).toBe(
      `${HOST_LAYOUT.node} ${HOST_LAYOUT.current}/agent.cjs supervise --state-dir ${HOST_LAYOUT.stateDir}`,
    );
    expect(commandText()).toContain(`exec ${HOST_LAYOUT.node} ${HOST_LAYOUT.current}/agent.cjs "$@"`);
  });

  it("keeps the traffic when the supervisor dies, and starts it again for ever", () => {
    expect(settings.get("KillMode")).toBe("process");
    expect(settings.get("OOMPolicy")).toBe("continue");
    expect(settings.get("Restart")).toBe("always");
    expect(settings.get("StartLimitIntervalSec")).toBe("0");
  });

  it("gives its one state directory to the agent's own user and no more", () => {
    expect(`/var/lib/${settings.get("StateDirectory") ?? ""}`).toBe(HOST_LAYOUT.stateDir);
    expect(settings.get("StateDirectoryMode")).toBe("0710");
    expect([settings.get("User"), settings.get("Group")]).toEqual([HOST_LAYOUT.user, HOST_LAYOUT.user]);
    expect(settings.get("UMask")).toBe("0077");
  });

  it("may open the low ports and do nothing else that takes a privilege", () => {
    expect(settings.get("CapabilityBoundingSet")).toBe("CAP_NET_BIND_SERVICE");
    expect(settings.get("AmbientCapabilities")).toBe("CAP_NET_BIND_SERVICE");
    expect(settings.get("NoNewPrivileges")).toBe("yes");
  });

  it("has descriptors for both sides of every connection that a worker takes", () => {
    expect(Number(settings.get("LimitNOFILE"))).toBeGreaterThan(2 * LIMITS.connectionsPerWorker);
  });
});
