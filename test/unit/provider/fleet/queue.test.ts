import { describe, expect, it } from "vitest";
import { inParallel, inTurn } from "../../../../provider/fleet/queue";

describe("transactions of one load balancer", () => {
  it("run one after the other, in their order, also after a failure", async () => {
    const seen: string[] = [];
    const work = (name: string, fails = false) =>
      inTurn("shop", async () => {
        seen.push(`${name} begins`);
        await Promise.resolve();
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([work("first"), work("second", true), work("third")]);
    expect(seen).toEqual(["first", "second", "third"].flatMap((name) => [`${name} begins`, `${name} ends`]));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("do not wait for those of another", async () => {
    let release = (): void => undefined;
    const blocked = inTurn("one", () => new Promise<void>((resolve) => (release = resolve)));
    await expect(inTurn("two", () => Promise.resolve("done"))).resolves.toBe("done");
    release();
    await blocked;
  });
});

describe("work on many hosts", () => {
  it("is bounded, complete, and fails with the first failure only after all have ended", async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const work = async (item: number): Promise<void> => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(item);
      if (item === 2) throw new Error("two");
    };
    await expect(inParallel([1, 2, 3, 4, 5], 2, work)).rejects.toThrow("two");
    expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });
});
