import { afterEach, describe, expect, it } from "vitest";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import { removeHosts } from "../../../../provider/load-balancer/leaving";
import { targetSchema, type Target } from "../../../../provider/resource/hidden-input";
import { freePort } from "../../../support/free-port";

describe("a host that leaves and is gone for good", () => {
  afterEach(() => {
    delete process.env["OFFLOAD_RELEASE_HOSTS"];
  });

  it("is named by the failure, with the way to go on without it", async () => {
    const removing = removeHosts(["edge-b"], await unreachable(), attempt([]));
    await expect(removing).rejects.toThrow(/host edge-b: .*OFFLOAD_RELEASE_HOSTS=edge-b.*DELETE_UNREACHABLE/);
  });

  it("holds nothing up once it was given up, and the person is told that all stays on it", async () => {
    process.env["OFFLOAD_RELEASE_HOSTS"] = "edge-x, edge-b";
    const said: string[] = [];
    await removeHosts(["edge-b"], await unreachable(), attempt(said));
    expect(said).toEqual(["host edge-b is given up: what is on it stays there"]);
  });
});

/** Nobody listens at its SSH port. */
async function unreachable(): Promise<Target> {
  const connection = { host: "127.0.0.1", port: await freePort(), dialErrorLimit: 1, perDialTimeout: 2 };
  return targetSchema.parse({
    loadBalancerId: "shop",
    dnsName: "shop.lb.internal",
    hosts: {
      "edge-b": { addresses: ["10.0.0.2"], bindAddresses: ["10.0.0.2"], status: "Active", connection },
    },
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 20,
  });
}

function attempt(said: string[]): { log: ResourceLog; deadline: ReturnType<typeof deadlineIn> } {
  const say = (text: string): void => {
    said.push(text);
  };
  const log = { info: say, warning: say, progress: () => undefined, debug: () => undefined };
  return { log: { ...log, flush: () => Promise.resolve() }, deadline: deadlineIn(20) };
}
