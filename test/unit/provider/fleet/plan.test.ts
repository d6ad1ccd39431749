import { describe, expect, it } from "vitest";
import { hostsInOrder, hostsNamedIn, wavesOf } from "../../../../provider/fleet/plan";
import type { Target, TargetHost } from "../../../../provider/resource/hidden-input";

describe("the order of hosts", () => {
  it("is that of their names, so that two programs cannot wait for each other", () => {
    expect(hostsInOrder(target({ c: "Active", a: "Active", b: "Active" })).active).toEqual(["a", "b", "c"]);
  });

  it("leaves out hosts in Maintenance, and tells which", () => {
    const order = hostsInOrder(target({ a: "Maintenance", b: "Active" }));
    expect(order).toEqual({ active: ["b"], skipped: ["a"] });
  });
});

describe("waves", () => {
  it("try a change on one host before the others", () => {
    expect(wavesOf(["a", "b", "c"])).toEqual([["a"], ["b", "c"]]);
  });

  it("are none without hosts, and one with one", () => {
    expect(wavesOf([])).toEqual([]);
    expect(wavesOf(["a"])).toEqual([["a"]]);
  });
});

describe("hosts that are given up", () => {
  it("are a list of names; nothing is given up by mistake", () => {
    expect(hostsNamedIn(undefined).size).toBe(0);
    expect(hostsNamedIn("").size).toBe(0);
    expect([...hostsNamedIn(" a, b,,")]).toEqual(["a", "b"]);
  });
});

function target(hosts: Record<string, TargetHost["status"]>): Target {
  const all = Object.entries(hosts).map(([name, status]) => [
    name,
    { addresses: ["127.0.0.1"], bindAddresses: ["127.0.0.1"], status, local: { stateDir: `/${name}` } },
  ]);
  return {
    loadBalancerId: "shop",
    dnsName: "shop.lb.internal",
    hosts: Object.fromEntries(all) as Target["hosts"],
    dnsPort: null,
    verify: "deployer",
    timeoutSeconds: 300,
  };
}
