import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";

const settings = new pulumi.Config();

const loadBalancer = new offload.LoadBalancer("web", {
  hosts: { here: { addresses: ["127.0.0.1"], local: { stateDir: settings.get("stateDir") } } },
  dnsListen: { port: settings.requireNumber("dnsPort") },
});

const servers = new offload.ServerGroup("servers", {
  loadBalancer,
  // [{"serverId": "ECS01", "serverIp": "10.0.0.11", "port": 80}, ...]
  servers: settings.requireObject<offload.ServerArgs[]>("servers"),
  healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
});

const certificate = new offload.Certificate("www", {
  loadBalancer,
  cert: readFileSync(settings.require("certificateFile"), "utf8"),
  keyFile: settings.require("keyFile"),
});

const listener = new offload.TcpSslListener("https", {
  loadBalancer,
  listenerPort: settings.requireNumber("listenerPort"),
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
export const validUntil = certificate.notAfter;
