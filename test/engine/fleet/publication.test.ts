import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { withAddresses } from "../../../provider/fleet/publish";
import { localClient } from "../../../provider/transport/local/client";
import { Fleet, HOSTS, type Host, type Wish } from "./fleet";

const LOAD_BALANCER = "shop-main-web";
const TIMEOUT_SECONDS = 5;

describe("the load balancer's name", () => {
  let fleet: Fleet;
  let wish: Wish;
  beforeAll(async () => {
    fleet = await Fleet.start(33);
    wish = { pair: await fleet.pair(), timeoutSeconds: 60 };
    await fleet.engine.up(fleet.program(wish));
  });

  it("that not every host has taken over is said, and put right by the next `up`", async () => {
    for (const host of HOSTS) await unpublish(fleet, host);
    await fleet.engine.refresh();
    await fleet.listenIn();
    let changes = 0;
    fleet.observer = {
      asked: ({ name, host, objectIds }) => {
        if (host === "edge-c" && name === "change" && objectIds.includes(LOAD_BALANCER)) changes += 1;
        // The load balancer's own part comes first, then to what its name leads.
        return host === "edge-c" && name === "confirm" && changes > 1 ? "cut" : "pass";
      },
    };
    const failure = await fleet.engine.up(fleet.program(wish)).then(() => "it succeeded", String);
    expect(failure).toMatch(
      /the change is in force, and .* does not lead .*edge-c: changed, and takes it back/,
    );
    expect(failure).toMatch(/CONFIRM_INCOMPLETE.*NAME_NOT_PUBLISHED/);
    await fleet.passThrough();
    await fleet.engine.up(fleet.program(wish));
    await expectEverywhere(
      fleet,
      HOSTS.map((host) => fleet.address(host)),
    );
    expect((await fleet.engine.preview(fleet.program(wish), { refresh: true })).changes).toEqual([]);
  });

  it("leads to all hosts again when a listener's removal fails because its time is over", async () => {
    const hasty = { ...wish, timeoutSeconds: TIMEOUT_SECONDS };
    await fleet.engine.up(fleet.program({ ...hasty, weight: 50 }));
    await fleet.listenIn();
    const led: number[] = [];
    fleet.observer = {
      asked: async ({ name, host, objectIds }) => {
        if (host !== "edge-c" || name !== "dry run" || objectIds.length > 0) return "pass";
        led.push((await published(fleet, "edge-a")).length);
        await sleep((TIMEOUT_SECONDS + 1) * 1_000);
        return "cut";
      },
    };
    const failure = await fleet.engine.destroy().then(() => "it succeeded", String);
    expect(failure).toContain("Host by host: edge-a: nothing was changed");
    expect(led[0]).toBe(0);
    await expectEverywhere(
      fleet,
      HOSTS.map((host) => fleet.address(host)),
    );
    await fleet.passThrough();
    await fleet.engine.destroy();
  });
});

async function unpublish(fleet: Fleet, host: Host): Promise<void> {
  const { confirmed } = await fleet.documentOf(host);
  const { puts } = withAddresses(LOAD_BALANCER, confirmed, []);
  await localClient(host, fleet.stateDir(host)).call("change", {
    holder: "somebody by hand",
    expectedGeneration: null,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: 5,
    puts: [...puts],
    deletes: [],
  });
}

async function expectEverywhere(fleet: Fleet, addresses: readonly string[]): Promise<void> {
  for (const host of HOSTS) expect([...(await published(fleet, host))].sort(), host).toEqual(addresses);
}

async function published(fleet: Fleet, host: Host): Promise<readonly string[]> {
  const part = (await fleet.documentOf(host)).confirmed.objects[LOAD_BALANCER];
  return part?.kind === "loadBalancer" ? part.spec.publishedAddresses : [];
}
