import { afterEach, expect, it, vi } from "vitest";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";
import { givenUpDrift } from "../../../../provider/load-balancer/given-up";
import { loadBalancerProvider } from "../../../../provider/load-balancer/provider";
import { HIDDEN, RFC2136 } from "../declared";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("a name in a zone that is given up is told of, and written by the next `up` that does not give it up", () => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const log: ResourceLog = {
    ...{ info: say, warning: say, progress: say, debug: say },
    flush: () => Promise.resolve(),
  };
  const target = { ...HIDDEN.target, dns: { rfc2136: RFC2136 } };
  expect(givenUpDrift(target, log)).toEqual({});
  vi.stubEnv("OFFLOAD_RELEASE_ZONES", "example.test");
  expect(givenUpDrift(HIDDEN.target, log)).toEqual({});
  expect(said).toEqual([]);
  expect(givenUpDrift(target, log)).toEqual({ drift: { "zone example.test": "was given up, not written" } });
  expect(said).toEqual(["zone example.test is given up: web.lb.example.test is not written there"]);
});

it("an `up` that gives a zone up updates the load balancer, or the next one would not know what was missed", async () => {
  const __offload = { ...HIDDEN, target: { ...HIDDEN.target, dns: { rfc2136: RFC2136 } } };
  const state = { incarnation: "1a", schemaVersion: 1, __offload };
  const changes = async (): Promise<unknown> =>
    (await loadBalancerProvider.diff?.("shop-dev-web", state, { __offload }))?.changes;
  expect(await changes()).toBe(false);
  vi.stubEnv("OFFLOAD_RELEASE_ZONES", "example.test");
  expect(await changes()).toBe(true);
});
