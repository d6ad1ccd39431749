// The seed scenario with its names in zones of two DNS servers, every turn from site.json.
import { readFileSync } from "node:fs";
import * as offload from "pulumi-tls-offload";
import type { ZoneSite } from "../zone-site";

const site = JSON.parse(readFileSync("site.json", "utf8")) as ZoneSite;

function balancer(name: string, address: string, dnsName: string): offload.LoadBalancer {
  const local = { stateDir: `${site.stateDir}-${name}` };
  const hosts = { [name]: { addresses: [address], local } };
  return new offload.LoadBalancer(name, { hosts, dnsName, dns: { rfc2136: site.zones.bind } });
}

const loadBalancer = balancer("web", "127.0.0.1", site.dnsName);
const group = new offload.ServerGroup("servers", {
  loadBalancer,
  servers: [...site.servers],
  healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
});
const certificate = new offload.Certificate("www", { loadBalancer, cert: site.cert, key: site.key });
const listener = new offload.TcpSslListener("https", {
  loadBalancer,
  listenerPort: site.listenerPort,
  certificateIds: [certificate.id],
  securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
  serverGroupId: group.id,
});
for (const [kind, rfc2136] of Object.entries(site.zones)) {
  const domainName = new offload.Domain(kind, { domainName: rfc2136.zone, dns: { rfc2136 } });
  const { value = listener.dnsName, ttl } = site.record;
  new offload.CnameRecord(`${kind}-www`, { domainName, rr: "www", value, ttl });
}
for (const [name, domain] of Object.entries(site.domains)) new offload.Domain(name, domain);
for (const [name, record] of Object.entries(site.records)) {
  new offload.CnameRecord(name, { value: listener.dnsName, ...record });
}
for (const [name, dnsName] of Object.entries(site.balancers)) balancer(name, "127.0.0.2", dnsName);
