import { describe, expect, it } from "vitest";
import { OffloadError } from "tls-offload-agent/contract";
import type { AgentClient } from "../../../../../provider/transport/agent-client";
import { limitedClient, limitedUserOf } from "../../../../../provider/transport/ssh/limited";
import { SURVEY } from "./install/survey";

const failing = (error: Error): AgentClient => ({ host: "edge-a", call: () => Promise.reject(error) });

describe("a login that may not become root", () => {
  it("is one that runs a fixed command, or is neither root nor a user of sudo", () => {
    const connection = { user: "pipeline" };
    expect(limitedUserOf(null, connection)).toBe("pipeline");
    const plain = { ...SURVEY, user: "plain", isRoot: false, maySudo: false };
    expect(limitedUserOf(plain, connection)).toBe("plain");
    for (const may of [{ isRoot: true }, { maySudo: true }]) {
      expect(limitedUserOf({ ...plain, ...may }, connection)).toBeUndefined();
    }
  });

  it("is told who can start an agent that does not answer, and not that a refresh of its own would", async () => {
    const parameters = { detail: "connect ECONNREFUSED", log: "somewhere" };
    const silent = new OffloadError("AGENT_UNREACHABLE", "host edge-a", parameters);
    const call = limitedClient(failing(silent), "pipeline").call("facts", {});
    await expect(call).rejects.toThrow(
      "host edge-a: the agent does not answer, and pipeline may not start it: connect ECONNREFUSED. Run `systemctl start tls-offload` on the host as root, or `pulumi up --refresh` with a login that is root or may sudo without a password. (AGENT_NOT_STARTABLE)",
    );
  });

  it("hears of all else what it was", async () => {
    const busy = new OffloadError("BUSY", "host edge-a", { holder: "another", secondsLeft: 5 });
    await expect(limitedClient(failing(busy), "pipeline").call("facts", {})).rejects.toBe(busy);
  });
});
