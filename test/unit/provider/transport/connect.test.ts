import { createServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { deadlineIn } from "../../../../provider/fleet/deadline";
import { targetSchema, type Target } from "../../../../provider/resource/hidden-input";
import { prepareHost } from "../../../../provider/transport/connect";
import { dials } from "../../../../provider/transport/ssh/pool";
import { recordedLog, type RecordedLog } from "../../../support/ssh/log";

/** Room for more tries than a host gets that was there before. */
const SECONDS = 6;

let port: number;
let log: RecordedLog;
beforeEach(async () => {
  log = recordedLog();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  await new Promise((resolve) => server.close(resolve));
});
afterEach(() => {
  expect(dials().get(`127.0.0.1:${port}`)).toBeGreaterThan(1);
});

it("does not wait all of an operation's time for a dead host that was there before", async () => {
  const target = targetWith();
  await expect(prepare(target, target)).rejects.toThrow("(SSH_UNREACHABLE)");
  expect(dials().get(`127.0.0.1:${port}`)).toBe(3);
});

it.each([
  ["is new", null],
  ["was in Maintenance", "Maintenance"],
] as const)("waits for a machine that may be booting: it %s", async (_, status) => {
  const target = targetWith();
  const before = status === null ? null : targetWith({ status });
  await expect(prepare(target, before)).rejects.toThrow("(SSH_UNREACHABLE)");
  expect(dials().get(`127.0.0.1:${port}`)).toBeGreaterThan(3);
  expect(log.lines[0]).toMatch(/^progress: host edge-a: waiting for SSH: connection refused \(\d s left\)$/);
});

function prepare(target: Target, before: Target | null): Promise<unknown> {
  return prepareHost(target, "edge-a", before, { log, deadline: deadlineIn(SECONDS) });
}

function targetWith(changes: object = {}): Target {
  const connection = { host: "127.0.0.1", port, password: "unused", insecureIgnoreHostKey: true };
  const host = { addresses: ["127.0.0.1"], bindAddresses: ["127.0.0.1"], status: "Active", connection };
  return targetSchema.parse({
    loadBalancerId: "shop",
    dnsName: "shop.lb.internal",
    hosts: { "edge-a": { ...host, ...changes } },
    dnsPort: null,
    verify: "none",
    timeoutSeconds: SECONDS,
  });
}
