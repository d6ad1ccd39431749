import { describe, expect, it } from "vitest";
import type { Document } from "../../../../proxy-agent/contract";
import { dataPlaneConfiguration } from "../../../../proxy-agent/control/configuration/data-plane";
import { dnsConfiguration, withoutNewPorts } from "../../../../proxy-agent/control/configuration/dns";
import { withoutLostKeys } from "../../../../proxy-agent/control/configuration/keyless";
import {
  dataPlaneConfiguration as dataPlaneSchema,
  type ObservedDataPlane,
} from "../../../../proxy-agent/data-plane/interface";
import { dnsConfiguration as dnsSchema } from "../../../../proxy-agent/dns/interface";
import { givenZones } from "../../../../proxy-agent/dns/serving/given";
import { EMPTY, FULL, GROUP, LB, LISTENER, plan, put, SHA } from "./objects";

const secrets = {
  keyPem: (spki: string) => `key of ${spki}`,
  ticketKeyBase64: (id: string) => `ticket of ${id}`,
};
const listenerOf = (
  document = FULL,
): ReturnType<typeof dataPlaneConfiguration>["configuration"]["listeners"][number] | undefined =>
  dataPlaneConfiguration(document, secrets).configuration.listeners[0];

describe("what the data plane is told", () => {
  it("is what the interface between the two allows", () => {
    const { configuration, problems } = dataPlaneConfiguration(FULL, secrets);
    expect(dataPlaneSchema.parse(configuration)).toEqual(configuration);
    expect(problems).toEqual([]);
    expect(configuration.listeners[0]).toMatchObject({
      id: LISTENER,
      endpoints: [
        { address: "127.0.0.1", port: 443 },
        { address: "::1", port: 443 },
      ],
      certificates: [{ chainPem: "chain", keyPem: `key of ${SHA}`, fingerprintSha256: SHA }],
      alpnProtocols: [],
      ticketKeyBase64: `ticket of ${LISTENER}`,
      serverGroupId: GROUP,
    });
  });

  it.each([
    ["HTTP1Only", ["http/1.1", "http/1.0"]],
    ["HTTP2Only", ["h2"]],
    ["HTTP2Optional", ["http/1.1", "http/1.0", "h2"]],
    ["HTTP2Preferred", ["h2", "http/1.1", "http/1.0"]],
  ] as const)("offers for the ALPN policy %s what the cloud offers", (alpnPolicy, protocols) => {
    expect(listenerOf(plan(FULL, [put("listener", { alpnPolicy })]).next)?.alpnProtocols).toEqual(protocols);
  });

  it("leaves stopped listeners out", () => {
    expect(listenerOf(plan(FULL, [put("listener", { status: "Stopped" })]).next)).toBeUndefined();
  });

  it("keeps running what has lost its key, leaves it out alone where it does not run, and says so", () => {
    const spki = "b".repeat(64);
    const otherId = `${LB}/certificate/other`;
    const [byDefault, byName] = [`${LB}/listener/444`, `${LB}/listener/445`];
    const document = plan(FULL, [
      put("certificate", { spkiSha256: spki }, { id: otherId }),
      put("listener", { port: 444, certificateId: otherId }, { id: byDefault }),
      put("listener", { port: 445, additionalCertificateIds: [otherId] }, { id: byName }),
    ]).next;
    const keyPem = (wanted: string): string | undefined => (wanted === spki ? undefined : "key");
    const { configuration, problems, keyless } = dataPlaneConfiguration(document, { ...secrets, keyPem });
    const keysTold = (running: readonly string[]): unknown =>
      withoutLostKeys(configuration, running.map(live)).listeners.map(({ id, certificates }) => [
        id,
        certificates.map((certificate) => certificate.keyPem),
      ]);
    expect(keysTold([])).toEqual([
      [LISTENER, ["key"]],
      [byName, ["key"]],
    ]);
    expect(keysTold([LISTENER, byDefault, byName])).toEqual([
      [LISTENER, ["key"]],
      [byDefault, [""]],
      [byName, ["key", ""]],
    ]);
    const parameters = { objectId: otherId, spkiSha256: spki };
    expect(problems).toContainEqual({ objectId: otherId, code: "KEY_MISSING", parameters });
    expect([...keyless.keys()]).toEqual([byDefault, byName]);
  });
});

function live(id: string): ObservedDataPlane["listeners"][number] {
  const served = { securityPolicyId: "", serverGroupId: "", fingerprintsSha256: [], unavailableCiphers: [] };
  const bound = [{ address: "127.0.0.1", port: 1 }];
  return { id, bound, ...served, connections: 0, workersAgree: true, connectionsByServer: {} };
}

describe("what DNS is told", () => {
  it("leads to the other hosts only while this one is drained, and here when there is no other", () => {
    const own = (bindAddresses: string[]): string[] => {
      const document = plan(EMPTY, [put("loadBalancer", { bindAddresses })]).next;
      const records = dnsConfiguration(document, true).zones[0]?.records ?? [];
      return records.flatMap((record) => ("address" in record ? [`${record.name} ${record.address}`] : []));
    };
    const nameServers = ["ns.web.lb.test 192.0.2.1", "ns.web.lb.test 2001:db8::1"];
    expect(own(["192.0.2.1"])).toEqual(["web.lb.test 2001:db8::1", ...nameServers]);
    expect(own(["192.0.2.1", "2001:db8::1"])).toEqual([
      "web.lb.test 192.0.2.1",
      "web.lb.test 2001:db8::1",
      ...nameServers,
    ]);
  });

  it("is nothing without a load balancer", () => {
    expect(dnsConfiguration(EMPTY)).toEqual({ generation: 0, endpoints: [], zones: [] });
  });

  it("is the load balancer's addresses, the ownership record and the CNAME", () => {
    const configuration = dnsConfiguration(FULL);
    expect(dnsSchema.parse(configuration)).toEqual(configuration);
    expect(configuration.endpoints).toEqual([{ address: "127.0.0.1", port: 8053 }]);
    const [own, domain] = configuration.zones;
    expect(own).toMatchObject({ name: "web.lb.test", serial: 1, nameServers: ["ns.web.lb.test"] });
    expect(own?.records).toEqual([
      { type: "A", name: "web.lb.test", ttlSeconds: 10, address: "192.0.2.1" },
      { type: "AAAA", name: "web.lb.test", ttlSeconds: 10, address: "2001:db8::1" },
      { type: "A", name: "ns.web.lb.test", ttlSeconds: 10, address: "192.0.2.1" },
      { type: "AAAA", name: "ns.web.lb.test", ttlSeconds: 10, address: "2001:db8::1" },
    ]);
    expect(domain).toMatchObject({ name: "example.test", serial: 1 });
    expect(domain?.records).toEqual([
      { type: "TXT", name: "_proof.example.test", ttlSeconds: 10, text: "abc" },
      { type: "CNAME", name: "www.example.test", ttlSeconds: 600, target: "web.lb.test" },
    ]);
  });

  it("names each host where the world asks, whatever serves or is published, so that no name server goes missing", () => {
    const nameServers = [
      { name: "a.ns.web.lb.test", addresses: ["192.0.2.1", "2001:db8::1"] },
      { name: "b.ns.web.lb.test", addresses: ["192.0.2.2"] },
    ];
    const dnsListen = { addresses: ["127.0.0.1"], port: 53, nameServers };
    const document = plan(FULL, [put("loadBalancer", { dnsListen, publishedAddresses: ["192.0.2.1"] })]).next;
    const names = ["a.ns.web.lb.test", "b.ns.web.lb.test"];
    const records = [
      { type: "A", name: "web.lb.test", ttlSeconds: 10, address: "192.0.2.1" },
      { type: "A", name: "a.ns.web.lb.test", ttlSeconds: 3_600, address: "192.0.2.1" },
      { type: "AAAA", name: "a.ns.web.lb.test", ttlSeconds: 3_600, address: "2001:db8::1" },
      { type: "A", name: "b.ns.web.lb.test", ttlSeconds: 3_600, address: "192.0.2.2" },
    ];
    const configuration = dnsConfiguration(document);
    expect(dnsSchema.parse(configuration)).toEqual(configuration);
    expect(configuration.zones.map((zone) => zone.nameServers)).toEqual([names, names]);
    expect(configuration.zones[0]?.records).toEqual(records);
    const serving = givenZones(configuration, new Set());
    expect(serving[0]?.records, "of probed addresses none serves").toEqual(records.slice(1));
  });

  it("leaves disabled records out, and joins what two stacks declare of one domain", () => {
    const second = put("domain", {}, { id: `${LB}/domain/second` });
    const document = plan(FULL, [put("record", { status: "DISABLE" }), second]).next;
    const zones = dnsConfiguration(document).zones.filter(({ name }) => name === "example.test");
    expect(zones).toHaveLength(1);
    expect(zones[0]?.records.map(({ type }) => type)).toEqual(["TXT", "TXT"]);
  });

  describe("to probe", () => {
    const second = (status: "Running" | "Stopped"): Document =>
      plan(FULL, [put("listener", { port: 80, status }, { id: `${LB}/listener/80` })]).next;
    const probing = (document: Document): unknown => dnsConfiguration(document).probing;

    it("is the port of every running listener, at the load balancer's own name", () => {
      expect(probing(second("Running"))).toEqual({ name: "web.lb.test", ports: [80, 443] });
      expect(probing(second("Stopped"))).toEqual({ name: "web.lb.test", ports: [443] });
      const none = plan(EMPTY, [put("loadBalancer")]).next;
      expect(probing(none)).toEqual({ name: "web.lb.test", ports: [] });
    });

    it("is nothing where nobody asks this host", () => {
      expect(probing(plan(FULL, [put("loadBalancer", { dnsListen: null })]).next)).toBeUndefined();
    });

    it("leaves out what a pending change brings, which other hosts do not have yet, and at once what it takes", () => {
      const [before, after] = [dnsConfiguration(second("Stopped")), dnsConfiguration(second("Running"))];
      expect(withoutNewPorts(after, before)).toEqual({ ...after, probing: before.probing });
      expect(withoutNewPorts(before, after)).toEqual(before);
      const first = dnsConfiguration(EMPTY);
      expect(withoutNewPorts(after, first).probing?.ports).toEqual([]);
      expect(withoutNewPorts(first, after)).toEqual(first);
    });
  });
});
