// A load balancer with a host here and one over SSH that is in Maintenance, so that nothing has to answer there.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";

interface Given {
  readonly stateDir: string;
  readonly login: offload.ConnectionArgs;
  /** Whether the program itself says what is secret. */
  readonly sayWhatIsSecret: boolean;
  readonly withEdge: boolean;
  readonly cert: string;
  readonly key: string;
  readonly weight: number;
}

const given = JSON.parse(readFileSync("site.json", "utf8")) as Given;
const secrets = ["password", "privateKey", "privateKeyPassword"];
const asSecrets = (login: object): object =>
  Object.fromEntries(
    Object.entries(login).map(([name, value]: [string, unknown]) => {
      if (name === "proxy") return [name, asSecrets(value as object)];
      return [name, secrets.includes(name) ? pulumi.secret(value) : value];
    }),
  );
const connection = (given.sayWhatIsSecret ? asSecrets(given.login) : given.login) as offload.ConnectionArgs;

const loadBalancer = new offload.LoadBalancer("web", {
  hosts: {
    here: { addresses: ["127.0.0.1"], local: { stateDir: given.stateDir } },
    ...(given.withEdge ? { edge: { addresses: ["192.0.2.10"], status: "Maintenance", connection } } : {}),
  },
});
new offload.ServerGroup("group", {
  loadBalancer,
  servers: [{ serverId: "ECS01", serverIp: "127.0.0.1", port: 9, weight: given.weight }],
});
new offload.Certificate("www", { loadBalancer, cert: given.cert, key: given.key });
offload.ServerGroup.get("looked-up", "e2e-test-web/server-group/group", loadBalancer, {
  dependsOn: loadBalancer,
});

export const handle = loadBalancer.handle;
export const hosts = loadBalancer.hosts;
