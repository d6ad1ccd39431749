import { expect, it } from "vitest";
import { expectAgreement, expectServed, fingerprintOf, settled } from "../../support/end-state";
import { Fleet, HOSTS, type Wish } from "./fleet";
import { randomOf } from "./random";
import type { SeenCall } from "./relay";
import { startTraffic } from "./traffic";

/** Of one fleet; there are as many fleets as networks. */
const KILLS = process.env["TEST_LONG"] === "1" ? 150 : 21;
const SEED = Number(process.env["FLEET_SEED"] ?? Date.now() % 1_000_000);

interface KillPoint {
  /** Of the calls of one `up`, counted over all hosts, from 1. */
  readonly number: number;
  /** before: the agent never hears of it. after: it has done it, and the provider never hears so. */
  readonly moment: "before" | "after";
}

it.concurrent.each([21, 22])(
  "a provider that is killed anywhere leaves every host on one whole document (network %i)",
  async (net) => {
    const seed = SEED + net;
    const random = randomOf(seed);
    console.info(`provider killed: seed ${seed} (FLEET_SEED=${SEED})`);
    const fleet = await Fleet.start(net);
    let wish: Wish = { pair: await fleet.pair() };
    await fleet.engine.up(fleet.program(wish));
    await fleet.listenIn();
    const traffic = startTraffic(fleet);
    const next = async (turn: number): Promise<Wish> => {
      const kept = { pair: wish.pair, weight: wish.weight ?? 100 };
      if (turn % 3 === 0) return { pair: await fleet.pair(), weight: 1 + Math.floor(random() * 99) };
      return turn % 3 === 1 ? { ...kept, extra: await fleet.pair() } : kept;
    };
    const calls: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      wish = await next(turn);
      calls.push(await countCalls(fleet, wish));
    }
    const seen = new Map<string, number>();
    for (let turn = 0; turn < KILLS; turn += 1) {
      wish = await next(turn);
      const most = calls[turn % 3] ?? 1;
      const rounds = Math.ceil(KILLS / 3);
      // Spread over the whole of it, one from each part.
      const number = 1 + Math.floor(((Math.floor(turn / 3) + random()) / rounds) * most);
      const point: KillPoint = { number, moment: random() < 0.5 ? "before" : "after" };
      const name = await killOnce(fleet, wish, point, `seed ${seed}, turn ${turn}`);
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    const { visits, failures } = await traffic.stop();
    expect(failures).toEqual([]);
    expect([...seen].filter(([name]) => name !== "never").length).toBeGreaterThan(3);
    expect(KILLS - (seen.get("never") ?? 0), "kills that were").toBeGreaterThanOrEqual(KILLS - 1);
    await fleet.passThrough();
    expect((await fleet.engine.preview(fleet.program(wish), { refresh: true })).changes).toEqual([]);
    console.info(`provider killed: ${KILLS} times, ${visits} visits, at`, Object.fromEntries(seen));
  },
  1_500_000,
);

async function countCalls(fleet: Fleet, wish: Wish): Promise<number> {
  let count = 0;
  fleet.observer = {
    asked: () => {
      count += 1;
      return "pass";
    },
  };
  await fleet.engine.up(fleet.program(wish));
  return count;
}

/** Answers at which call it was. */
async function killOnce(fleet: Fleet, wish: Wish, point: KillPoint, label: string): Promise<string> {
  let count = 0;
  let killedAt: SeenCall | undefined;
  fleet.observer = {
    asked: async (call) => {
      count += 1;
      if (killedAt !== undefined) return "cut";
      if (count !== point.number) return "pass";
      killedAt = call;
      if (point.moment === "after") return "lose";
      await fleet.killProvider();
      return "cut";
    },
    answered: async (call) => {
      if (call === killedAt) await fleet.killProvider();
    },
  };
  const failed = await fleet.engine.up(fleet.program(wish)).then(
    () => false,
    () => true,
  );
  const what = `${label}: ${point.moment} ${killedAt?.name ?? "never"} of ${killedAt?.host ?? "nobody"}`;
  expect(failed, what).toBe(killedAt !== undefined);
  if (failed) await fleet.engine.stop();
  const hosts = await settled(fleet);
  const differing = HOSTS.filter((host) => JSON.stringify(hosts[host]) !== JSON.stringify(hosts["edge-a"]));
  if (killedAt?.name !== "confirm") expect(differing, what).toEqual([]);
  await expectServed(fleet);
  fleet.observer = { asked: () => "pass" };
  await fleet.engine.up(fleet.program(wish));
  const objects = Object.values(await expectAgreement(fleet)).join();
  expect(objects, what).toContain(fingerprintOf(wish.pair.cert));
  for (const extra of wish.extra === undefined ? [] : [wish.extra.cert]) {
    expect(objects, what).toContain(fingerprintOf(extra));
  }
  expect(objects.includes(`"port": ${fleet.ports.extra}`), what).toBe(wish.extra !== undefined);
  return killedAt?.name ?? "never";
}
