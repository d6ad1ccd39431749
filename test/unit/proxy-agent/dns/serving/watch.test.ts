import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../../../../proxy-agent/contract/limits";
import { Counters } from "../../../../../proxy-agent/dns/counters";
import type { Endpoint } from "../../../../../proxy-agent/dns/endpoint";
import type { ProbeResult } from "../../../../../proxy-agent/dns/serving/probe";
import { ServingWatch } from "../../../../../proxy-agent/dns/serving/watch";

const [A, B] = ["192.0.2.1", "192.0.2.2"];
const ROUND_MS = LIMITS.servingProbeSeconds * 1_000;

let watch: ServingWatch;
let counters: Counters;
let turns: string[];
let probed: string[];
/** By "address port"; what is not in it answers. */
let results: Record<string, ProbeResult>;
let answer: (endpoint: Endpoint) => Promise<ProbeResult>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  counters = new Counters();
  [turns, probed, results] = [[], [], {}];
  answer = ({ address, port }) => {
    const result = results[`${address} ${port}`];
    return Promise.resolve(result === undefined ? "" : result);
  };
  watch = new ServingWatch({
    probe: (endpoint) => {
      probed.push(`${endpoint.address} ${endpoint.port}`);
      return answer(endpoint);
    },
    counters,
    onTurn: (address) => turns.push(`${address} ${watch.serves(address) ? "serves" : "does not serve"}`),
    // The first probe is half an interval away, and no interval is off.
    random: () => 0.5,
  });
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

/** That many probes more of each address. */
const rounds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * ROUND_MS);

describe("an address", () => {
  it("serves when it is new, until as many probes in a row as the limit says have failed", async () => {
    results[`${A} 443`] = "ECONNREFUSED";
    watch.watch([A, B], [443]);
    expect(watch.serves(A)).toBe(true);
    await rounds(LIMITS.servingFailures - 1);
    expect(watch.serves(A)).toBe(true);
    await rounds(1);
    expect(watch.all()).toEqual([
      { address: A, serves: false, detail: "port 443: ECONNREFUSED" },
      { address: B, serves: true, detail: "" },
    ]);
    expect(turns).toEqual([`${A} does not serve`]);
  });

  it("serves again after as many good probes in a row as the limit says", async () => {
    results[`${A} 443`] = "ECONNREFUSED";
    watch.watch([A], [443]);
    await rounds(LIMITS.servingFailures);
    results = {};
    await rounds(LIMITS.servingSuccesses - 1);
    expect(watch.serves(A)).toBe(false);
    await rounds(1);
    expect(watch.serves(A)).toBe(true);
    expect(turns).toEqual([`${A} does not serve`, `${A} serves`]);
    expect(counters.all()).toEqual({ probes: 4, probes_failed: 2, serving_turns: 2 });
  });

  it("that fails now and then goes on serving", async () => {
    watch.watch([A], [443]);
    for (let times = 0; times < 5; times += 1) {
      results[`${A} 443`] = "ECONNREFUSED";
      await rounds(LIMITS.servingFailures - 1);
      results = {};
      await rounds(1);
    }
    expect(turns).toEqual([]);
  });

  it("does not serve when one of its listeners does not", async () => {
    results[`${A} 8443`] = "no answer within 2 s";
    watch.watch([A], [443, 8443]);
    await rounds(LIMITS.servingFailures);
    expect(watch.all()).toEqual([{ address: A, serves: false, detail: "port 8443: no answer within 2 s" }]);
  });

  it("stays as it is when a probe tells nothing, in either state", async () => {
    results[`${A} 443`] = null;
    results[`${B} 443`] = "ECONNREFUSED";
    watch.watch([A, B], [443]);
    await rounds(LIMITS.servingFailures);
    results[`${B} 443`] = null;
    await rounds(LIMITS.servingFailures + LIMITS.servingSuccesses);
    expect([watch.serves(A), watch.serves(B)]).toEqual([true, false]);
    expect(counters.all()["probes_undecided"]).toBeGreaterThan(0);
  });
});

describe("a new configuration", () => {
  it("keeps what is known of an address that stays, whatever becomes of its listeners", async () => {
    results[`${A} 443`] = "ECONNREFUSED";
    watch.watch([A], [443]);
    await rounds(LIMITS.servingFailures);
    watch.watch([A, B], [8443]);
    expect([watch.serves(A), watch.serves(B)]).toEqual([false, true]);
    await rounds(LIMITS.servingSuccesses);
    expect(watch.serves(A)).toBe(true);
  });

  it("that changes nothing for an address does not probe it out of turn", async () => {
    watch.watch([A], [443]);
    for (let times = 0; times < 10; times += 1) {
      await rounds(0.1);
      watch.watch([A], [443]);
    }
    expect(probed).toEqual([`${A} 443`]);
  });

  it("forgets an address that it does not have, and no probe or timer of it is left", async () => {
    results[`${A} 443`] = "ECONNREFUSED";
    watch.watch([A], [443]);
    await rounds(LIMITS.servingFailures);
    watch.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(watch.all()).toEqual([]);
    watch.watch([A], [443]);
    expect(watch.serves(A)).toBe(true);
  });

  it("is not told what a probe of the one before finds", async () => {
    const answers: ((result: ProbeResult) => void)[] = [];
    answer = () => new Promise((resolve) => answers.push(resolve));
    watch.watch([A], [443]);
    await rounds(1);
    watch.stop();
    answers.forEach((resolve) => {
      resolve("ECONNREFUSED");
    });
    await rounds(3);
    expect([turns, answers.length, vi.getTimerCount()]).toEqual([[], 1, 0]);
  });
});

describe("many addresses", () => {
  it("have no more probes under way at once than the limit says, and all get theirs", async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    answer = () =>
      new Promise((resolve) => {
        waiting.push(() => {
          resolve("");
        });
        most = Math.max(most, waiting.length);
      });
    const addresses = Array.from({ length: 3 * LIMITS.servingProbesInFlight }, (_, host) => `10.0.0.${host}`);
    watch.watch(addresses, [443]);
    for (let times = 0; probed.length < addresses.length && times < 1_000; times += 1) {
      await vi.advanceTimersByTimeAsync(ROUND_MS / 2);
      waiting.shift()?.();
    }
    expect(most).toBe(LIMITS.servingProbesInFlight);
    expect(new Set(probed).size).toBe(addresses.length);
  });

  it("are not probed all at the same moment", async () => {
    let random = 0;
    const spread = new ServingWatch({
      probe: ({ address }) => {
        probed.push(address);
        return Promise.resolve("");
      },
      counters,
      onTurn: () => undefined,
      random: () => (random += 0.25) % 1,
    });
    spread.watch([A, B], [443]);
    await rounds(0.25);
    expect(probed).toEqual([A]);
    await rounds(0.25);
    expect(probed).toEqual([A, B]);
    spread.stop();
  });
});
