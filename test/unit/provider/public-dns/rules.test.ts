import { describe, expect, it } from "vitest";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import { UNKNOWN } from "../../../../provider/resource/unknowns";
import { checked } from "../declared";

const local = (addresses: unknown, more: object = {}): object => ({ addresses, local: {}, ...more });
const EDGES = { "edge-a": local(["8.8.4.1"]), "edge-b": local(["8.8.4.2"]) };

function said(hosts: unknown, dnsListen: unknown, dnsName: unknown = "web.lb.example.test"): string[] {
  const declared = { loadBalancerName: "web", hosts, dnsName, dnsListen };
  const { reasons, advice } = checked(loadBalancerDeclaration, declared);
  return [...reasons, ...advice.map((text) => `warning: ${text}`)];
}

const exposed = (host: string, address: string): string =>
  `dnsListen.public: is not true, and host ${host} would answer DNS at ${address}, where the whole internet can ask. Set it to true if the parent zone shall lead there: docs/operating.md says what that takes. Otherwise give \`dnsListen.addresses\` that only your own networks reach. (PUBLIC_DNS_UNDECLARED)`;

describe("a DNS server on the internet", () => {
  it.each<[string, object, object, string]>([
    ["its host's address", EDGES, {}, exposed("edge-a", "8.8.4.1")],
    ["another port", EDGES, { port: 5353 }, exposed("edge-a", "8.8.4.1")],
    [
      "what the host binds",
      { a: local(["10.0.0.1"], { bindAddresses: ["10.0.0.1", "8.8.4.1"] }) },
      {},
      exposed("a", "8.8.4.1"),
    ],
    [
      "an address of its own",
      { a: local(["10.0.0.1"]) },
      { addresses: ["2606:4700::1"] },
      exposed("a", "2606:4700::1"),
    ],
    [
      "all addresses",
      { a: local(["10.0.0.1", "8.8.4.1"]) },
      { addresses: ["0.0.0.0"] },
      exposed("a", "8.8.4.1"),
    ],
    [
      "all IPv6 addresses",
      { a: local(["8.8.4.1", "2606:4700::1"]) },
      { addresses: ["::"] },
      exposed("a", "2606:4700::1"),
    ],
    [
      "a host in Maintenance",
      { a: local(["8.8.4.1"], { status: "Maintenance" }) },
      {},
      exposed("a", "8.8.4.1"),
    ],
  ])("is refused unless somebody meant it: on %s", (_where, hosts, dnsListen, message) => {
    expect(said(hosts, dnsListen)).toEqual([message]);
    expect(said(hosts, { ...dnsListen, public: false })).toEqual([message]);
  });

  it.each<[string, object, object]>([
    [
      "on documentation addresses, as the README's",
      { a: local(["192.0.2.10"]), b: local(["192.0.2.11"]) },
      {},
    ],
    ["on a private one behind NAT", { a: local(["8.8.4.1"], { bindAddresses: ["10.0.0.1"] }) }, {}],
    ["on loopback", EDGES, { addresses: ["127.0.0.1", "::1"] }],
    ["on all IPv6 addresses of a host that has none", EDGES, { addresses: ["::"] }],
    ["declared, on two hosts", EDGES, { public: true }],
    ["declared, for an internal zone", { a: local(["10.0.0.1"]), b: local(["10.0.0.2"]) }, { public: true }],
  ])("is taken %s", (_where, hosts, dnsListen) => {
    expect(said(hosts, dnsListen)).toEqual([]);
  });

  it("needs a second host, because a zone outlives the loss of one name server", () => {
    const message =
      "hosts: has 1 Active, and a zone that the whole internet asks for needs 2 name servers (RFC 2182). Add a host, or take one out of Maintenance. (PUBLIC_DNS_HOSTS)";
    expect(said({ a: local(["8.8.4.1"]) }, { public: true })).toEqual([message]);
    const resting = { ...EDGES, "edge-b": local(["8.8.4.2"], { status: "Maintenance" }) };
    expect(said(resting, { public: true }), "a dead host keeps nobody from changes").toEqual([
      `warning: ${message}`,
    ]);
  });

  it("has port 53, because NS records have none", () => {
    expect(said(EDGES, { public: true, port: 5353 })).toEqual([
      "dnsListen.port: is 5353, and resolvers ask name servers at port 53 alone. Leave it out, or set `dnsListen.public` to false. (PUBLIC_DNS_PORT)",
    ]);
  });

  it("has a name of its own on each host", () => {
    const hosts = { Edge_1: local(["8.8.4.1"]), "edge-1": local(["8.8.4.2"]) };
    expect(said(hosts, { public: true })).toEqual([
      "hosts.edge-1: would be a name server of the same name as host Edge_1. Give it a name that differs in more than case, dots, hyphens and underscores. (NAME_SERVER_TWICE)",
    ]);
    const long = `${"a.".repeat(120)}example`;
    expect(said({ b: EDGES["edge-a"], "edge-b": EDGES["edge-b"] }, { public: true }, long)).toEqual([
      `dnsName: the name leaves no room for the one of its name server: edge-b.ns.${long} has 257 characters, at most 253 are allowed. Give a domain name such as example.com. (DOMAIN_INVALID)`,
    ]);
  });

  it("is left in peace as long as nobody can know", () => {
    expect(said(UNKNOWN, { public: true })).toEqual([]);
    expect(said(EDGES, UNKNOWN)).toEqual([]);
    expect(said(EDGES, { public: UNKNOWN, port: 5353 })).toEqual([]);
    expect(said(EDGES, { public: true, port: UNKNOWN }, UNKNOWN)).toEqual([]);
    expect(said(EDGES, { addresses: UNKNOWN })).toEqual([]);
    expect(said(EDGES, { addresses: [UNKNOWN] })).toEqual([]);
    expect(said({ a: UNKNOWN, b: local(UNKNOWN, { status: UNKNOWN }) }, { public: true })).toEqual([]);
    expect(said({ a: local(UNKNOWN), b: local([UNKNOWN]) }, { addresses: ["0.0.0.0"] })).toEqual([]);
  });
});
