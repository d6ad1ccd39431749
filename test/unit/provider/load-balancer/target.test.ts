import { homedir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import { afterEach, expect, it, vi } from "vitest";
import { makeTarget } from "../../../../provider/load-balancer/target";
import { plain } from "../../../../provider/program/plain";
import { CONNECTION } from "../declared";
import { runProgram } from "../program/run-program";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Where the agent of a host without a `stateDir` keeps its state. */
function directoryWith(setting: string): unknown {
  vi.stubEnv("XDG_STATE_HOME", setting);
  const target = makeTarget("shop-dev-web", { hosts: { here: { addresses: ["127.0.0.1"], local: {} } } });
  return (plain(target) as { hosts: { here: { local: { stateDir: unknown } } } }).hosts.here.local.stateDir;
}

it("an agent's state is never put where Pulumi happens to run", () => {
  const standard = join(homedir(), ".local/state/tls-offload/shop-dev-web/here");
  expect(directoryWith("")).toBe(standard);
  expect(directoryWith("state")).toBe(standard);
  expect(directoryWith("/var/state")).toBe("/var/state/tls-offload/shop-dev-web/here");
});

it("paths of a login last: another directory and another person find what is meant", async () => {
  const target = await resolved(
    makeTarget("shop-dev-web", {
      hosts: {
        edge: {
          addresses: ["192.0.2.10"],
          connection: pulumi.output({
            host: "10.0.0.10",
            privateKeyFile: "keys/edge",
            knownHostsFile: "~/.ssh/known_hosts",
            proxy: { host: "jump", agentSocketPath: pulumi.output("agent.sock") },
          }),
        },
      },
    }),
  );
  expect(target.hosts["edge"]?.connection).toEqual({
    host: "10.0.0.10",
    privateKeyFile: join(process.cwd(), "keys/edge"),
    knownHostsFile: "~/.ssh/known_hosts",
    proxy: { host: "jump", agentSocketPath: join(process.cwd(), "agent.sock") },
  });
});

it("another stack gets how to reach a host, and no secret", async () => {
  let handle: pulumi.Output<offload.LoadBalancerHandle> | undefined;
  const hosts = {
    plain: { addresses: ["192.0.2.10"], connection: CONNECTION },
    output: { addresses: ["192.0.2.11"], connection: pulumi.output({ ...CONNECTION, host: "10.0.0.11" }) },
  };
  const { registered, errors } = await runProgram(() => {
    handle = new offload.LoadBalancer("web", { hosts }).handle;
  });
  expect(errors).toEqual([]);
  const given = JSON.stringify(registered);
  for (const secret of [CONNECTION.password, CONNECTION.privateKeyPassword]) expect(given).toContain(secret);
  if (handle === undefined) throw new Error("there is no handle");
  const told = await resolved(handle);
  const { user, hostKey } = CONNECTION;
  expect(told.hosts["plain"]?.connection).toMatchObject({ user, hostKey, proxy: { user, hostKey } });
  expect(told.hosts["output"]?.connection).toMatchObject({ user, hostKey, proxy: { user, hostKey } });
  expect(JSON.stringify(told)).not.toMatch(/c2VjcmV0|password|privateKey/i);
  expect(await pulumi.isSecret(handle)).toBe(false);
});

function resolved<Value>(value: pulumi.Input<Value>): Promise<Value> {
  return new Promise((settle) => {
    pulumi.output(value).apply((known) => {
      settle(known as Value);
    });
  });
}
