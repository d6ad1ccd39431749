import { randomBytes } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import type { ProbeRecord } from "../../../../proxy-agent/contract/probe";
import { ProbeWindow } from "../../../../proxy-agent/data-plane/builtin/worker/probe-window";

test("a worker remembers the newest probes only, and none while nobody is probing", () => {
  const probes = new ProbeWindow();
  const record: ProbeRecord = { listenerId: "l", serverGroupId: "g", serverId: null, state: "connecting" };
  const remember = (): string => {
    const exporter = randomBytes(32);
    probes.remember({ exportKeyingMaterial: () => exporter } as unknown as TLSSocket, record);
    return exporter.toString("hex");
  };
  expect(probes.find(remember())).toBeNull();
  probes.open(60);
  const all = Array.from({ length: LIMITS.probeRecordsPerWorker + 1 }, remember);
  expect(all.map((each) => probes.find(each) !== null)).toEqual(all.map((_, index) => index > 0));
});
