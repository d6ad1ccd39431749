import { describe, expect, it } from "vitest";
import { machineAdvice } from "../../../../provider/load-balancer/machine-advice";
import { machineStatus, type MachineStatus } from "../../../../provider/load-balancer/machine";

const NOW = 1_700_000_000_000;
const QUICK = { atMs: NOW, answeredMs: NOW + 20 };

function seen(
  aheadSeconds: number,
  asked = QUICK,
  before?: MachineStatus,
  conntrack: { count: number; max: number } | null = null,
): MachineStatus {
  const timeMs = (asked.atMs + asked.answeredMs) / 2 + aheadSeconds * 1_000;
  return machineStatus({ timeMs, conntrack, hostname: "edge", os: "" }, asked, before);
}

describe("what is told of a host's machine", () => {
  it("does not change from one look to the next by itself", () => {
    expect(seen(1.9).clockSkewSeconds).toBe(0);
    expect(seen(-1.9).clockSkewSeconds).toBe(0);
    const first = seen(7.45);
    expect(first.clockSkewSeconds).toBe(7);
    expect(seen(7.55, QUICK, first)).toEqual(first);
    const barely = seen(2.1);
    expect(barely.clockSkewSeconds).toBe(2);
    expect(seen(1.9, QUICK, barely)).toEqual(barely);
    expect(seen(0.5, QUICK, barely).clockSkewSeconds).toBe(0);
    expect(seen(12, QUICK, first).clockSkewSeconds).toBe(12);
    const tracked = (count: number): MachineStatus => seen(0, QUICK, undefined, { count, max: 1_000 });
    expect(tracked(10)).toEqual(tracked(490));
    expect(tracked(812).conntrackUsePercent).toBe(80);
  });

  it("does not take a slow answer for a wrong clock", () => {
    const slow = { atMs: NOW, answeredMs: NOW + 8_000 };
    expect(seen(4, slow).clockSkewSeconds).toBe(0);
    expect(seen(-600, slow).clockSkewSeconds).toBe(-600);
  });
});

describe("what will hurt on a machine", () => {
  it("is nothing on one with Debian's own settings", () => {
    const usual = { descriptorLimit: 524_288, somaxconn: 4_096, tcpMaxSynBacklog: 1_024, synCookies: 1 };
    expect(machineAdvice({ ...seen(0), ...usual, ephemeralPorts: 28_232 })).toEqual([]);
    expect(machineAdvice(seen(0))).toEqual([]);
  });

  it("is said of each setting alone, with what to set", () => {
    const hurting: Partial<MachineStatus>[] = [
      { clockSkewSeconds: -90 },
      { descriptorLimit: 1_024 },
      { somaxconn: 128 },
      { synCookies: 0, tcpMaxSynBacklog: 128 },
      { conntrackUsePercent: 90 },
      { ephemeralPorts: 1_000 },
    ];
    for (const one of hurting) expect(machineAdvice({ ...seen(0), ...one })).toHaveLength(1);
    expect(machineAdvice({ ...seen(0), clockSkewSeconds: -90 })[0]).toContain("90 s behind");
    expect(machineAdvice({ ...seen(0), somaxconn: 128 })[0]).toContain("4096");
  });
});
