// One load balancer over SSH and as many server groups as job.json says.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import type { Job } from "../job";

const job = JSON.parse(readFileSync("site.json", "utf8")) as Job;

const hosts = Object.entries(job.hosts).map(([name, connection]) => [
  name,
  {
    addresses: [connection.host],
    connection: { ...connection, privateKey: pulumi.secret(connection.privateKey) },
  },
]);
const loadBalancer = new offload.LoadBalancer("web", {
  hosts: Object.fromEntries(hosts) as offload.LoadBalancerArgs["hosts"],
});
for (let index = 0; index < job.resources; index += 1) {
  new offload.ServerGroup(`group-${index}`, {
    loadBalancer,
    servers: [{ serverId: "one", serverIp: "127.0.0.1", port: 8_080 }],
    connectionDrainTimeout: 10 + job.round,
    connectionDrainEnabled: true,
  });
}
