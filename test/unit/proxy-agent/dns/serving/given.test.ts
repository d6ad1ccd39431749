import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DnsConfiguration } from "../../../../../proxy-agent/dns/interface";
import { givenAddresses, givenZones, probedAddresses } from "../../../../../proxy-agent/dns/serving/given";
import { PROBED } from "./configuration";

const given = (configuration: DnsConfiguration, ...failing: string[]): ReadonlySet<string> =>
  givenAddresses(probedAddresses(configuration), (address) => !failing.includes(address));

const named = (configuration: DnsConfiguration, ...failing: string[]): string[] =>
  givenZones(configuration, given(configuration, ...failing)).flatMap(({ records }) =>
    records.map((record) => `${record.name} ${"address" in record ? record.address : record.type}`),
  );

const NAME_SERVERS = ["ns.web.lb.test 192.0.2.1", "ns.web.lb.test 192.0.2.2", "ns.web.lb.test 2001:db8::2"];
const REST = [...NAME_SERVERS, "www.example.test CNAME"];

describe("the load balancer's name", () => {
  it("leads to the addresses that serve, of either family, and nothing else is left out", () => {
    expect(probedAddresses(PROBED)).toEqual(["192.0.2.1", "192.0.2.2", "2001:db8::2"]);
    expect(named(PROBED, "192.0.2.2")).toEqual(["web.lb.test 192.0.2.1", "web.lb.test 2001:db8::2", ...REST]);
    expect(named(PROBED, "192.0.2.2", "2001:db8::2")).toEqual(["web.lb.test 192.0.2.1", ...REST]);
  });

  it("leads to all where none serves", () => {
    const all = named(PROBED);
    expect(all).toHaveLength(7);
    expect(named(PROBED, ...probedAddresses(PROBED))).toEqual(all);
  });

  it.each([
    ["without a running listener", { name: "web.lb.test", ports: [] }],
    ["of an older control process", undefined],
  ])("leads to all %s, and nothing is probed", (_case, probing) => {
    const configuration = { ...PROBED, probing };
    expect(probedAddresses(configuration)).toEqual([]);
    expect(givenZones(configuration, new Set())).toEqual(PROBED.zones);
  });

  it("never loses its last address, whatever probes say", () => {
    const addresses = probedAddresses(PROBED);
    fc.assert(
      fc.property(fc.subarray(addresses), (failing) => {
        const left = given(PROBED, ...failing);
        const serving = addresses.filter((address) => !failing.includes(address));
        expect([...left]).toEqual(serving.length === 0 ? addresses : serving);
      }),
      { verbose: true },
    );
  });
});
