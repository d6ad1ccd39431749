// Five mistakes, each of its own kind, in one program.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";

interface Pair {
  readonly cert: string;
  readonly key: string;
}
interface Given {
  readonly stateDir: string;
  readonly listenerPort: number;
  readonly mismatched: Pair;
  readonly expired: Pair;
}

const given = JSON.parse(readFileSync("site.json", "utf8")) as Given;
const loadBalancer = new offload.LoadBalancer("web", {
  loadBalancerName: "web",
  hosts: { here: { addresses: ["127.0.0.1"], local: { stateDir: given.stateDir } } },
  dnsName: "web.lb.example.test",
});
const certificate = (name: string, pair: Pair): offload.Certificate =>
  new offload.Certificate(name, {
    loadBalancer,
    certificateName: name,
    cert: pair.cert,
    key: pulumi.secret(pair.key),
  });
const mismatched = certificate("mismatched", given.mismatched);
certificate("expired", given.expired);
const serverGroup = new offload.ServerGroup("group", {
  loadBalancer,
  serverGroupName: "web",
  servers: [{ serverId: "ECS01", serverIp: "127.0.0.1", port: 8080, weight: 101 }],
});
for (const name of ["first", "second"]) {
  new offload.TcpSslListener(name, {
    loadBalancer,
    listenerPort: given.listenerPort,
    certificateIds: [mismatched.id],
    securityPolicyId: "tls_cipher_policy_2_0" as "tls_cipher_policy_1_2",
    serverGroupId: serverGroup.id,
  });
}
