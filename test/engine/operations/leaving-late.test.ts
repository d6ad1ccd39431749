import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { leaversOf } from "../../../provider/load-balancer/leavers";
import { removeHosts } from "../../../provider/load-balancer/leaving";
import { targetSchema } from "../../../provider/resource/hidden-input";
import { recordedLog } from "../../support/ssh/log";
import { playHost } from "../../support/ssh/played-host";
import { temporaryDirectory } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const ADDRESS = "127.0.0.218";

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

it("a host may get another name while a client stays connected that may go on for longer than the operation", async () => {
  const site = await FleetSite.start({ old: { bind: ADDRESS } });
  const settings = {
    draining: { connectionDrainEnabled: true, connectionDrainTimeout: 60 },
    timeoutSeconds: 30,
  };
  await site.engine.up(site.program(settings));
  const client = connect({
    host: ADDRESS,
    port: site.port,
    servername: "www.example.test",
    ca: site.authority.certPem,
  });
  client.on("error", () => undefined);
  await once(client, "secureConnect");
  const closed = once(client, "close");
  await site.engine.up(site.program({ ...settings, hosts: { fresh: { bind: ADDRESS } } }));
  await closed;
  await site.fingerprintAt(ADDRESS);
  await site.engine.destroy();
});
