import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { leaversOf } from "../../../provider/load-balancer/leavers";
import { removeHosts } from "../../../provider/load-balancer/leaving";
import { targetSchema } from "../../../provider/resource/hidden-input";
import { recordedLog } from "../../support/ssh/log";
import { playHost } from "../../support/ssh/played-host";
import { temporaryDirectory } from "../../support/workspace";

it("a host that leaves is removed although waiting for its clients took all the operation's time", async () => {
  const stateDir = join(temporaryDirectory("late"), "state");
  mkdirSync(stateDir);
  const { connection } = await playHost({ stateDir });
  const old = targetSchema.parse({
    loadBalancerId: "shop",
    dnsName: "shop.lb.internal",
    hosts: {
      "edge-b": { addresses: ["10.0.0.2"], bindAddresses: ["10.0.0.2"], status: "Active", connection },
    },
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 20,
  });
  const log = recordedLog();
  const leavers = await leaversOf({ ...old, hosts: {} }, old, new Map(), { log, deadline: deadlineIn(20) });
  await removeHosts(leavers, { areNamed: true }, { log, deadline: deadlineIn(0) });
  expect(log.lines).toContain("info: host edge-b: its agent is stopped and removed");
  expect(existsSync(stateDir)).toBe(false);
});
