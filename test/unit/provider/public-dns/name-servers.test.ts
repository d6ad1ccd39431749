import { describe, expect, it } from "vitest";
import { LIMITS } from "tls-offload-agent/contract";
import { delegationOutput } from "../../../../provider/public-dns/delegation";
import { nameServersOf } from "../../../../provider/public-dns/name-servers";
import type { Target, TargetHost } from "../../../../provider/resource/hidden-input";
import { HIDDEN } from "../declared";

const PUBLIC = { port: 53, public: true };

function target(hosts: Readonly<Record<string, Partial<TargetHost>>>): Target {
  const reached = Object.entries(hosts).map(([name, { addresses = [], ...host }]) => [
    name,
    { addresses, bindAddresses: addresses, status: "Active", ...host },
  ]);
  return {
    ...HIDDEN.target,
    dnsName: "web.example.test",
    hosts: Object.fromEntries(reached) as Target["hosts"],
  };
}

const asked = (host: Partial<TargetHost>, addresses?: string[]): readonly string[] | undefined =>
  nameServersOf(target({ a: host }), { ...PUBLIC, addresses })?.[0]?.addresses;

const EDGES = {
  "edge-b": { addresses: ["192.0.2.11"] },
  "edge-a": { addresses: ["192.0.2.10", "2001:db8::10"] },
};

describe("the records for the parent zone", () => {
  it("name each host, and say where it is", () => {
    expect(delegationOutput(target(EDGES), PUBLIC)).toEqual({
      delegation: [
        "web.example.test. 3600 IN NS edge-a.ns.web.example.test.",
        "web.example.test. 3600 IN NS edge-b.ns.web.example.test.",
        "edge-a.ns.web.example.test. 3600 IN A 192.0.2.10",
        "edge-a.ns.web.example.test. 3600 IN AAAA 2001:db8::10",
        "edge-b.ns.web.example.test. 3600 IN A 192.0.2.11",
      ],
    });
  });

  it("are none where the world is not sent to the hosts", () => {
    expect(delegationOutput(target(EDGES), { port: 53, public: false })).toEqual({});
    expect(delegationOutput(target(EDGES), undefined)).toEqual({});
  });

  it("stay as they are for a host while others come, go, rest, or are written in another order", () => {
    const all = nameServersOf(target({ ...EDGES, "edge-0": { addresses: ["192.0.2.9"] } }), PUBLIC);
    const two = nameServersOf(target(EDGES), PUBLIC);
    expect(all?.slice(1)).toEqual(two);
    const resting = { "edge-b": { ...EDGES["edge-b"], status: "Maintenance" as const } };
    const turned = { "edge-a": { addresses: ["2001:db8::10", "192.0.2.10"] } };
    expect(nameServersOf(target({ ...EDGES, ...resting, ...turned }), PUBLIC)).toEqual(two);
  });

  it("have names that DNS can have, whatever hosts are called", () => {
    const hosts = { "Edge_1.north-": { addresses: ["192.0.2.1"] } };
    expect(nameServersOf(target(hosts), PUBLIC)).toEqual([
      { name: "edge-1-north.ns.web.example.test", addresses: ["192.0.2.1"] },
    ]);
  });

  it("are for no more hosts than a registry takes name servers", () => {
    const hosts = Array.from({ length: LIMITS.nameServersPerZone + 1 }, (_, index) => [
      `edge-${String(index).padStart(2, "0")}`,
      { addresses: [`192.0.2.${index}`] },
    ]);
    const servers = nameServersOf(target(Object.fromEntries(hosts) as Parameters<typeof target>[0]), PUBLIC);
    expect(servers).toHaveLength(LIMITS.nameServersPerZone);
    expect(servers?.at(-1)?.addresses).toEqual(["192.0.2.12"]);
  });
});

describe("a name server's address", () => {
  const both = { addresses: ["192.0.2.10", "2001:db8::10"] };

  it.each<[string, Partial<TargetHost>, string[] | undefined, string[]]>([
    ["each of the host's", both, undefined, ["192.0.2.10", "2001:db8::10"]],
    ["one at which its DNS server listens", both, ["2001:db8::10"], ["2001:db8::10"]],
    ["of a family that it listens in", both, ["0.0.0.0"], ["192.0.2.10"]],
    ["of either family", both, ["::", "0.0.0.0"], ["192.0.2.10", "2001:db8::10"]],
    [
      "the outside one behind NAT",
      { addresses: ["192.0.2.10"], bindAddresses: ["10.0.0.1"] },
      undefined,
      ["192.0.2.10"],
    ],
  ])("is %s", (_which, host, addresses, expected) => {
    expect(asked(host, addresses)).toEqual(expected);
  });
});
