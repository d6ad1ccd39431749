// One load balancer, and on it a site of each of two stacks. The second one knows it by its handle alone.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import type { Stack, TwoStacksSettings } from "../two-stacks";

const { hosts, serverIp, port, sites } = JSON.parse(readFileSync("site.json", "utf8")) as TwoStacksSettings;

const stack = pulumi.getStack() as Stack;
const { listenerPort, cert, key } = sites[stack];

const own =
  stack === "test"
    ? new offload.LoadBalancer("web", { hosts, dnsName: "web.lb.example.test", dnsListen: { port: 53 } })
    : null;
export const handle =
  own?.handle ??
  (new pulumi.StackReference("organization/e2e/test").requireOutput(
    "handle",
  ) as pulumi.Output<offload.LoadBalancerHandle>);
const loadBalancer: offload.LoadBalancerReference = own ?? handle;

const serverGroup = new offload.ServerGroup(`${stack}-group`, {
  loadBalancer,
  servers: [{ serverId: "ECS01", serverIp, port }],
  healthCheck: { healthCheckInterval: 1, healthCheckConnectTimeout: 1 },
});
const certificate = new offload.Certificate(`${stack}-certificate`, {
  loadBalancer,
  cert,
  key: pulumi.secret(key),
});
new offload.TcpSslListener(`${stack}-listener`, {
  loadBalancer,
  listenerPort,
  certificateIds: [certificate.id],
  securityPolicyId: "tls_cipher_policy_1_2_strict_with_1_3",
  serverGroupId: serverGroup.id,
});
