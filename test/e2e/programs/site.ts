// The seed scenario as one program whose every turn comes from site.json.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import type { Site } from "../site";

const site = JSON.parse(readFileSync("site.json", "utf8")) as Site;
const named = (kind: string): string => site.logicalNames?.[kind] ?? kind;

const overSsh = Object.entries(site.hosts ?? {}).map(([name, host]): [string, offload.HostArgs] => {
  // The resource itself makes secrets of what is secret in a connection.
  return [name, { ...host, addresses: [...host.addresses] }];
});
const here = { addresses: ["127.0.0.1"], local: { stateDir: site.stateDir } };
const isLocal = overSsh.length === 0;

const loadBalancer = new offload.LoadBalancer(named("web"), {
  loadBalancerName: site.loadBalancerName ?? "web",
  hosts: isLocal ? { here } : Object.fromEntries(overSsh),
  dnsName: "web.lb.example.test",
  dnsListen: { port: site.dnsPort, ...(isLocal ? { addresses: [site.dnsAddress ?? "127.0.0.1"] } : {}) },
});
const serverGroup = new offload.ServerGroup(named("group"), {
  loadBalancer,
  serverGroupName: "web",
  servers: [...site.servers],
  healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
});
const certificate = new offload.Certificate(named("certificate"), {
  loadBalancer,
  certificateName: "www",
  cert: site.cert,
  key: pulumi.secret(site.key),
});
const listener = new offload.TcpSslListener(named("listener"), {
  loadBalancer,
  listenerPort: site.listenerPort,
  certificateIds: [certificate.id],
  securityPolicyId: site.securityPolicyId ?? "tls_cipher_policy_1_2_strict_with_1_3",
  serverGroupId: serverGroup.id,
});
const domain = new offload.Domain(named("domain"), {
  domainName: "example.test",
  dns: { embedded: { loadBalancer } },
});
// So that taking it away waits for a second only.
new offload.CnameRecord(named("www"), { domainName: domain, rr: "www", value: listener.dnsName, ttl: 1 });

export const fingerprint = certificate.fingerprintSha256;
