import { describe, expect, it } from "vitest";
import { certificateDeclaration } from "../../../../provider/certificate/declaration";
import { cnameRecordDeclaration } from "../../../../provider/cname-record/declaration";
import { domainDeclaration } from "../../../../provider/domain/declaration";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import type { Declaration, Unchecked } from "../../../../provider/resource/definition";
import { diffInputs, type Difference } from "../../../../provider/resource/diff";
import { withoutAt } from "../../../../provider/resource/paths";
import { UNKNOWN } from "../../../../provider/resource/unknowns";
import { serverGroupDeclaration } from "../../../../provider/server-group/declaration";
import { tcpSslListenerDeclaration } from "../../../../provider/tcp-ssl-listener/declaration";
import { CORRECT, HIDDEN, HIDDEN_ZONE, RFC2136 } from "../declared";

const between = (declaration: Declaration, left: Unchecked, right: Unchecked): Difference =>
  diffInputs(declaration, { __offload: HIDDEN, ...left }, { __offload: HIDDEN, ...right });
const group = (changes: object): Difference =>
  between(serverGroupDeclaration, CORRECT.serverGroup, { ...CORRECT.serverGroup, ...changes });
const listener = (left: object, right: object): Difference =>
  between(
    tcpSslListenerDeclaration,
    { ...CORRECT.tcpSslListener, ...left },
    { ...CORRECT.tcpSslListener, ...right },
  );
const hidden = (changes: object, target: object = {}): object => ({
  __offload: { ...HIDDEN, ...changes, target: { ...HIDDEN.target, ...target } },
});

describe("what a change of inputs means", () => {
  it("is nothing for the same inputs, outputs and defaults aside", () => {
    const outs = { ...CORRECT.serverGroup, scheduler: "Wrr", serverHealth: {}, incarnation: "x" };
    expect(between(serverGroupDeclaration, outs, CORRECT.serverGroup)).toEqual({
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
      paths: [],
    });
  });

  it("is nothing when an order that means nothing differs", () => {
    expect(group({ servers: [...CORRECT.serverGroup.servers].reverse() }).changes).toBe(false);
    const [first, second] = CORRECT.tcpSslListener.additionalCertificateIds;
    expect(listener({}, { additionalCertificateIds: [second, first] }).changes).toBe(false);
  });

  it.each([
    [{ cps: 1 }, { cps: 0 }, "cps"],
    [{ listenerDescription: "x" }, { listenerDescription: "" }, "listenerDescription"],
    [{ requireHealthyBackend: true }, { requireHealthyBackend: false }, "requireHealthyBackend"],
    [{ requireHealthyBackend: false }, {}, "requireHealthyBackend"],
  ])("takes 0, false and the empty text for values: %j to %j", (left, right, path) => {
    expect(listener(left, right).paths).toEqual([path]);
  });

  it("names nested paths", () => {
    const healthCheck = { unhealthyThreshold: 3 };
    expect(group({ healthCheck }).paths).toEqual(["healthCheck.unhealthyThreshold"]);
  });

  it("replaces on another port and another load balancer only", () => {
    expect(listener({}, { listenerPort: 444 }).replaces).toEqual(["listenerPort"]);
    expect(listener({}, { idleTimeout: 60 }).replaces).toEqual([]);
    expect(listener({}, hidden({}, { loadBalancerId: "shop-dev-other" })).replaces).toEqual(["loadBalancer"]);
    const renamed = { ...CORRECT.loadBalancer, ...hidden({}, { loadBalancerId: "shop-dev-other" }) };
    expect(between(loadBalancerDeclaration, CORRECT.loadBalancer, renamed).replaces).toEqual([]);
  });

  it("replaces a record on another name", () => {
    const record = { ...CORRECT.cnameRecord, rr: "shop" };
    expect(between(cnameRecordDeclaration, CORRECT.cnameRecord, record).replaces).toEqual(["rr"]);
  });

  it("counts a key by its hash, not by where it lies", () => {
    const inputs = { certificateName: "www", cert: "pem", keySpkiSha256: "a" };
    const from = { ...inputs, keyFile: "/old/key.pem" };
    expect(between(certificateDeclaration, from, { ...inputs, key: "pem" }).changes).toBe(false);
    expect(between(certificateDeclaration, from, { ...from, keySpkiSha256: "b" }).paths).toEqual([
      "keySpkiSha256",
    ]);
  });

  it("looks at the hosts of the load balancer, and not at its URN or state directory", () => {
    expect(listener({}, hidden({ urn: "urn:other" }, {})).changes).toBe(false);
    const host = { ...HIDDEN.target.hosts["here"], local: { stateDir: "/elsewhere" } };
    expect(listener({}, hidden({}, { hosts: { here: host } })).changes).toBe(false);
    for (const target of [
      { hosts: { here: { ...host, addresses: ["127.0.0.2"] } } },
      { hosts: { here: { ...host, bindAddresses: ["127.0.0.2"] } } },
      { hosts: { here: { ...host, status: "Maintenance" } } },
      { hosts: { there: host } },
      { hosts: { here: host, there: host } },
      { dnsPort: null },
      { verify: "none" },
      // Too little time for a delete must be mended by more of it.
      { timeoutSeconds: 5 },
    ]) {
      expect(listener({}, hidden({}, target)).paths).toEqual(["hosts"]);
    }
  });

  it("brings another login to every resource, whose delete goes by what it keeps itself", () => {
    const host = { ...HIDDEN.target.hosts["here"], local: undefined };
    const to = (connection: object): object => hidden({}, { hosts: { here: { ...host, connection } } });
    const login = { host: "10.0.0.10", privateKey: "old" };
    // As an output has it: with the defaults of then.
    const kept = { ...login, port: 22, user: "root", insecureIgnoreHostKey: false };
    expect(listener(to(kept), to(login)).changes).toBe(false);
    expect(listener(to(login), to({ privateKey: "old", host: "10.0.0.10" })).changes).toBe(false);
    expect(listener(to(kept), to({ ...login, perDialTimeout: 5, dialErrorLimit: -1 })).changes).toBe(false);
    for (const changed of [
      { ...login, privateKey: "new" },
      { ...login, port: 2222 },
      { ...login, proxy: { host: "jump" } },
      { ...login, hostKey: "ssh-ed25519 AAAA" },
      { host: "10.0.0.10" },
      { ...login, privateKey: UNKNOWN },
    ]) {
      expect(listener(to(kept), to(changed)).paths).toEqual(["hosts"]);
    }
    const balancer = between(
      loadBalancerDeclaration,
      { ...CORRECT.loadBalancer, ...to(kept) },
      { ...CORRECT.loadBalancer, ...to({ ...login, privateKey: "new" }) },
    );
    expect(balancer).toMatchObject({ changes: true, replaces: [], paths: ["hosts"] });
  });

  it("finds no difference in a load balancer whose outputs have no secrets, as they never have", () => {
    const { hosts } = CORRECT.loadBalancer;
    const outputs = withoutAt(
      { ...CORRECT.loadBalancer, hosts },
      loadBalancerDeclaration.secrets,
    ) as Unchecked;
    expect(JSON.stringify(outputs)).not.toContain("c2VjcmV0");
    expect(between(loadBalancerDeclaration, outputs, CORRECT.loadBalancer).paths).toEqual([]);
  });

  it("sees a move to another owner, which an update carries over", () => {
    expect(listener({}, hidden({ owner: "shop/dev/TcpSslListener/renamed" })).paths).toEqual(["owner"]);
  });

  it("renews outputs of an older shape", () => {
    expect(listener({ schemaVersion: 0 }, {}).paths).toEqual(["schemaVersion"]);
    expect(listener({ schemaVersion: 1 }, {}).changes).toBe(false);
  });

  it("takes what is not known yet for a change", () => {
    expect(listener({}, { serverGroupId: UNKNOWN }).paths).toEqual(["serverGroupId"]);
    expect(listener({}, { certificateIds: [UNKNOWN] }).paths).toEqual(["certificateIds"]);
    expect(listener({}, { __offload: UNKNOWN }).changes).toBe(true);
  });
});

describe("what another zone, or another way into it, means for what is in it", () => {
  const domain = (rfc2136: object, zone: unknown = RFC2136.zone): Unchecked => ({
    ...CORRECT.domainInZone,
    dns: { rfc2136 },
    __offload: { ...HIDDEN_ZONE, zone: { ...rfc2136, zone } },
  });
  const record = (rfc2136: object): Unchecked => ({
    ...CORRECT.cnameRecordInZone,
    __offload: { ...HIDDEN_ZONE, zone: rfc2136 },
  });
  const balancer = (rfc2136: object): Unchecked => ({
    ...CORRECT.loadBalancer,
    dns: { rfc2136 },
    ...hidden({}, { dns: { rfc2136 } }),
  });
  const of: readonly (readonly [Declaration, (rfc2136: object) => Unchecked])[] = [
    [domainDeclaration, domain],
    [cnameRecordDeclaration, record],
    [loadBalancerDeclaration, balancer],
  ];

  it("is nothing for the same, with the defaults of then or not, and without the secret that outputs never have", () => {
    const { server, keyName, keySecret, zone } = RFC2136;
    const short = { server, keyName, keySecret, zone };
    const whole = { ...short, port: 53, transport: "tcp", keyAlgorithm: "hmac-sha256" };
    for (const [declaration, inputs] of of) {
      const outputs = { ...(withoutAt(inputs(whole), declaration.secrets) as Unchecked) };
      expect(between(declaration, outputs, inputs(short)).paths).toEqual([]);
    }
  });

  it.each([
    { keySecret: "b3RoZXItc2VjcmV0LW9mLWEta2V5" },
    { keyName: "another" },
    { keyAlgorithm: "hmac-sha256" },
    { server: "ns2.example.test" },
    { port: 53 },
    { transport: "tcp" },
    { keySecret: undefined, keySecretFile: "/etc/key" },
    { keySecret: UNKNOWN },
  ])("is an update in place where it is still the same zone: %j", (changes) => {
    for (const [declaration, inputs] of of) {
      const difference = between(declaration, inputs(RFC2136), inputs({ ...RFC2136, ...changes }));
      expect(difference).toMatchObject({
        changes: true,
        replaces: [],
        paths: expect.arrayContaining(["hosts"]) as unknown,
      });
    }
  });

  it("is another domain and another record where it is another zone, or records would stay in the old one", () => {
    const other = { ...RFC2136, zone: "test" };
    expect(between(domainDeclaration, domain(RFC2136), domain(other, "test")).replaces).not.toEqual([]);
    expect(between(cnameRecordDeclaration, record(RFC2136), record(other)).replaces).not.toEqual([]);
    expect(between(loadBalancerDeclaration, balancer(RFC2136), balancer(other)).replaces).toEqual([]);
  });

  it("is the same domain where its own name is given as the zone, which it was by default", () => {
    const { zone, ...short } = RFC2136;
    expect(between(domainDeclaration, domain(short, zone), domain(RFC2136)).replaces).toEqual([]);
  });

  it("is another domain and another record where the zone goes to the load balancer's hosts, or comes from there", () => {
    const turns: [Declaration, Unchecked, Unchecked][] = [
      [domainDeclaration, CORRECT.domain, domain(RFC2136)],
      [cnameRecordDeclaration, CORRECT.cnameRecord, record(RFC2136)],
    ];
    for (const [declaration, onHosts, inZone] of turns) {
      expect(between(declaration, onHosts, inZone).replaces).not.toEqual([]);
      expect(between(declaration, inZone, onHosts).replaces).not.toEqual([]);
    }
  });
});
