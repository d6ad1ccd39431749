import { beforeAll, describe, expect, it } from "vitest";
import type { LoadBalancerHandle } from "pulumi-tls-offload";
import type { MiniEngine, Program } from "../../support/engine";
import { expectAgreement, fingerprintOf } from "../../support/end-state";
import { Fleet, type Pair } from "./fleet";
import { startTraffic } from "./traffic";

const LONG = process.env["TEST_LONG"] === "1";
const ROUNDS = LONG ? 200 : 40;
const TWIN_ROUNDS = LONG ? 50 : 10;

describe("two `up`s at once on one load balancer", () => {
  let fleet: Fleet;
  let other: MiniEngine;
  let otherProgram: (extra: Pair) => Program;
  beforeAll(async () => {
    fleet = await Fleet.start(25);
    const { stackOutputs } = await fleet.engine.up(fleet.program({ pair: await fleet.pair() }));
    const handle = stackOutputs["handle"] as unknown as LoadBalancerHandle;
    other = fleet.anotherEngine("other");
    otherProgram = (extra) => () => {
      fleet.declare("extra", handle, { pair: extra });
    };
    await other.up(otherProgram(await fleet.pair()));
  });

  it(`of two stacks, each with a site of its own, both come into force everywhere, ${ROUNDS} times`, async () => {
    const traffic = startTraffic(fleet);
    for (let round = 0; round < ROUNDS; round += 1) {
      const [main, extra] = [await fleet.pair(), await fleet.pair()];
      const weight = 1 + (round % 99);
      await Promise.all([
        fleet.engine.up(fleet.program({ pair: main, weight })),
        other.up(otherProgram(extra)),
      ]);
      const objects = Object.values(await expectAgreement(fleet)).join();
      expect(objects, `round ${round}`).toContain(fingerprintOf(main.cert));
      expect(objects, `round ${round}`).toContain(fingerprintOf(extra.cert));
      expect(objects, `round ${round}`).toContain(`"weight": ${weight}`);
    }
    expect((await traffic.stop()).failures).toEqual([]);
    for (const engine of [fleet.engine, other]) {
      expect((await engine.refresh()).changes, "nothing drifted").toEqual([]);
    }
  }, 1_200_000);

  it(`of the same change set do no harm to each other, ${TWIN_ROUNDS} times`, async () => {
    const twin = fleet.anotherEngine("main");
    for (let round = 0; round < TWIN_ROUNDS; round += 1) {
      twin.snapshot = fleet.engine.snapshot;
      const pair = await fleet.pair();
      const program = fleet.program({ pair });
      await Promise.all([fleet.engine.up(program), twin.up(fleet.program({ pair }))]);
      expect(Object.values(await expectAgreement(fleet)).join()).toContain(fingerprintOf(pair.cert));
      expect((await fleet.engine.preview(program, { refresh: true })).changes).toEqual([]);
    }
  }, 600_000);
});
