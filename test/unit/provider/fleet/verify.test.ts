import { describe, expect, it } from "vitest";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import { verificationOf, verifyServed, type HostVerification } from "../../../../provider/fleet/verify";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { createAuthority } from "../../../../scripts/demo/certificate-authority";
import type { AgentClient } from "../../../../provider/transport/agent-client";
import { storedDocument } from "../probe/stored";

const silent: ResourceLog = {
  debug: ignore,
  info: ignore,
  warning: ignore,
  progress: ignore,
  flush: () => Promise.resolve(),
};

function ignore(): void {
  return;
}

describe("a listener that says how it is verified", () => {
  it("is not judged by the load balancer's setting when only its certificate or group changes", async () => {
    const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
    const verification: HostVerification = {
      agent: { host: "edge-a", call: () => Promise.reject(new Error("nobody shall be asked")) },
      addresses: ["127.0.0.1"],
      wish: { mode: "deployer" },
      log: silent,
      deadline: deadlineIn(10),
    };
    const ids = ["shop/listener/443"];
    expect(await verifyServed(verification, storedDocument(issued, { verify: "none" }), ids)).toEqual(
      new Map(),
    );
    await expect(verifyServed(verification, storedDocument(issued), ids)).rejects.toThrow(
      "nobody shall be asked",
    );
  });
});

describe("a listener that is verified from the host", () => {
  it("is probed by connections that the host makes, because the deployer may have no way there", async () => {
    const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
    const asked: string[] = [];
    const agent: AgentClient = {
      host: "edge-a",
      call: () => Promise.resolve({ drained: false, problems: [], dataPlane: { listeners: [] } } as never),
      connect: (address, port) => {
        asked.push(`${address} ${port}`);
        return Promise.reject(new Error("it stops here"));
      },
    };
    const wish = { mode: "host" } as const;
    const transaction = {
      target: { hosts: { "edge-a": { addresses: ["192.0.2.1"] } } },
      wish,
      log: silent,
      deadline: deadlineIn(10),
    } as unknown as Parameters<typeof verificationOf>[0];
    const verification = verificationOf(transaction, agent);
    const verified = verifyServed(verification, storedDocument(issued), ["shop/listener/443"]);
    await expect(verified).rejects.toThrow("it stops here");
    expect(asked).toEqual(["192.0.2.1 443"]);
  });
});
