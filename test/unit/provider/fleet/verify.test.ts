import { describe, expect, it } from "vitest";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import { verifyServed, type HostVerification } from "../../../../provider/fleet/verify";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { createAuthority } from "../../../../scripts/demo/certificate-authority";
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
