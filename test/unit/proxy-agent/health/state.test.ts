import fc from "fast-check";
import { expect, it } from "vitest";
import { afterCheck, UNKNOWN, type ServerHealth } from "../../../../proxy-agent/health/state";

const thresholds = { healthyThreshold: 2, unhealthyThreshold: 3 };
const after = (...results: boolean[]): ServerHealth =>
  results.reduce((health, ok) => afterCheck(health, ok ? "" : "ECONNREFUSED", thresholds), UNKNOWN);

it("is decided by the very first check", () => {
  expect(after(true)).toMatchObject({ state: "healthy", everHealthy: true, detail: "" });
  expect(after(false)).toMatchObject({ state: "unhealthy", everHealthy: false, detail: "ECONNREFUSED" });
});

it("turns only after as many checks in a row as the threshold says", () => {
  expect(after(true, false, false).state).toBe("healthy");
  expect(after(true, false, false, false).state).toBe("unhealthy");
  expect(after(true, false, false, true, false, false).state).toBe("healthy");
  expect(after(false, true).state).toBe("unhealthy");
  expect(after(false, true, true).state).toBe("healthy");
});

it("never forgets that a server was healthy once", () => {
  expect(after(true, false, false, false, false).everHealthy).toBe(true);
});

it("is always what the last checks in a row said, for any history", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (history) => {
      let state = history[0];
      let run = 0;
      for (const [index, ok] of history.entries()) {
        run = ok === history[index - 1] ? run + 1 : 1;
        const needed = ok ? thresholds.healthyThreshold : thresholds.unhealthyThreshold;
        if (run >= needed) state = ok;
      }
      expect(after(...history).state).toBe(state === true ? "healthy" : "unhealthy");
    }),
    { verbose: true },
  );
});
