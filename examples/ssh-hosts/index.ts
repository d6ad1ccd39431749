import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import { BACKEND_PORT, startBackend } from "./backend";
import { connectionTo, machines } from "./machines";

const settings = new pulumi.Config();
const backends = machines("backends");

const loadBalancer = new offload.LoadBalancer("web", {
  hosts: Object.fromEntries(
    machines("edges").map(([name, machine]) => [
      name,
      { addresses: [machine.address], connection: connectionTo(machine) },
    ]),
  ),
  // Hosts with public addresses want `public: true`: docs/operating.md says what that takes.
  dnsListen: {},
});

const servers = new offload.ServerGroup(
  "servers",
  {
    loadBalancer,
    servers: backends.map(([serverId, { address }]) => ({
      serverId,
      serverIp: address,
      port: BACKEND_PORT,
    })),
    healthCheck: { healthCheckInterval: 2 },
  },
  { dependsOn: backends.map(([name, machine]) => startBackend(name, machine)) },
);

const certificate = new offload.Certificate("www", {
  loadBalancer,
  cert: readFileSync(settings.require("certificateFile"), "utf8"),
  keyFile: settings.require("keyFile"),
});

const listener = new offload.TcpSslListener("https", {
  loadBalancer,
  listenerPort: 443,
  certificateIds: [certificate.id],
  securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
  serverGroupId: servers.id,
});

const domain = new offload.Domain("domain", {
  domainName: settings.get("domainName") ?? "example.test",
  dns: { embedded: { loadBalancer } },
});

const record = new offload.CnameRecord("www", { domainName: domain, rr: "www", value: listener.dnsName });

export const site = record.fqdn;
export const verified = listener.verified;
export const hostStatus = loadBalancer.hostStatus;
