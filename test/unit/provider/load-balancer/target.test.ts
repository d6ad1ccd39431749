import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { makeTarget } from "../../../../provider/load-balancer/target";
import { plain } from "../../../../provider/program/plain";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Where the agent of a host without a `stateDir` keeps its state. */
function directoryWith(setting: string): unknown {
  vi.stubEnv("XDG_STATE_HOME", setting);
  const target = makeTarget("shop-dev-web", { hosts: { here: { addresses: ["127.0.0.1"], local: {} } } });
  return (plain(target) as { hosts: { here: { local: { stateDir: unknown } } } }).hosts.here.local.stateDir;
}

it("an agent's state is never put where Pulumi happens to run", () => {
  const standard = join(homedir(), ".local/state/tls-offload/shop-dev-web/here");
  expect(directoryWith("")).toBe(standard);
  expect(directoryWith("state")).toBe(standard);
  expect(directoryWith("/var/state")).toBe("/var/state/tls-offload/shop-dev-web/here");
});
