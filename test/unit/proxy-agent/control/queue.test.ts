import { expect, it } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { ChangeQueue } from "../../../../proxy-agent/control/queue";

const never = new AbortController().signal;

it("lets changes in one by one, in the order of their coming", async () => {
  const queue = new ChangeQueue();
  const first = await queue.enter("first", 0, never);
  const order: string[] = [];
  const others = ["second", "third"].map(async (holder) => {
    const turn = await queue.enter(holder, 30, never);
    order.push(holder);
    turn.release();
  });
  expect(order).toEqual([]);
  first.release();
  first.release();
  await Promise.all(others);
  expect(order).toEqual(["second", "third"]);
});

it("says who is in the way and for how long, at once or after the time that the client would wait", async () => {
  const queue = new ChangeQueue();
  const turn = await queue.enter("demo/dev/Listener/web", 0, never);
  turn.deadline = performance.now() + 30_000;
  const busy = { code: "BUSY", parameters: { holder: "demo/dev/Listener/web", secondsLeft: 30 } };
  await expect(queue.enter("other", 0, never)).rejects.toMatchObject(busy);
  await expect(queue.enter("other", 0.02, never)).rejects.toMatchObject({ code: "BUSY" });
});

it("does not let more wait than its limit", async () => {
  const queue = new ChangeQueue();
  await queue.enter("first", 0, never);
  const gone = new AbortController();
  const waiting = Array.from({ length: LIMITS.waitingChanges }, () =>
    queue.enter("waiting", 60, gone.signal),
  );
  await expect(queue.enter("one more", 60, never)).rejects.toMatchObject({ code: "BUSY" });
  gone.abort();
  const results = await Promise.allSettled(waiting);
  expect(results.every(({ status }) => status === "rejected")).toBe(true);
});

it("does not make the change of a client that has gone away", async () => {
  const queue = new ChangeQueue();
  const first = await queue.enter("first", 0, never);
  const gone = new AbortController();
  const waiting = queue.enter("gone", 60, gone.signal);
  gone.abort();
  await expect(waiting).rejects.toMatchObject({ code: "BUSY" });
  await expect(queue.enter("gone already", 60, gone.signal)).rejects.toMatchObject({ code: "BUSY" });
  first.release();
  (await queue.enter("next", 0, never)).release();
});
