import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type * as offload from "pulumi-tls-offload";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Connection, Proxy } from "../../../provider/transport/ssh/connection";

type Command = types.input.remote.ConnectionArgs;
type CommandProxy = types.input.remote.ProxyConnectionArgs;

/** By reference, and how host keys are known: what @pulumi/command has not. */
type Added =
  | "passwordEnv"
  | "privateKeyEnv"
  | "privateKeyPasswordEnv"
  | "privateKeyFile"
  | "knownHostsFile"
  | "insecureIgnoreHostKey";

/** Judged by `tsc -p test`: what a program may write, and what its editor underlines. */
describe("the types of arguments", () => {
  it("take outputs at every leaf", () => {
    const group = {
      loadBalancer: pulumi.output({} as offload.LoadBalancerHandle),
      servers: [
        { serverId: pulumi.output("a"), serverIp: pulumi.output("10.0.0.1"), port: pulumi.output(80) },
      ],
      healthCheck: { healthCheckInterval: pulumi.output(1) },
    };
    expectTypeOf(group).toExtend<offload.ServerGroupArgs>();
    expectTypeOf<pulumi.Output<string>>().toExtend<offload.CertificateArgs["cert"]>();
    expectTypeOf<pulumi.Output<offload.LoadBalancerHandle>>().toExtend<offload.LoadBalancerReference>();
    expectTypeOf<string | undefined>().toExtend<offload.CertificateArgs["keyFile"]>();
    expect(group.servers).toHaveLength(1);
  });

  it("refuse what no value could make right", () => {
    expectTypeOf<"UDP">().not.toExtend<offload.ServerGroupArgs["protocol"]>();
    expectTypeOf<true>().not.toExtend<offload.ServerGroupArgs["preserveClientIpEnabled"]>();
    expectTypeOf<"tls_cipher_policy_1_3">().not.toExtend<offload.TcpSslListenerArgs["securityPolicyId"]>();
    expectTypeOf<undefined>().not.toExtend<offload.TcpSslListenerArgs["securityPolicyId"]>();
    expectTypeOf<string>().not.toExtend<offload.TcpSslListenerArgs["certificateIds"]>();
    expectTypeOf<{ addresses: string[] }>().not.toExtend<offload.HostArgs>();
    expectTypeOf<offload.ServerGroup>().not.toExtend<offload.TcpSslListenerArgs["serverGroupId"]>();
    expectTypeOf<offload.CertificateArgs>().not.toHaveProperty("keySpkiSha256");
  });

  it("take a connection of @pulumi/command as it is, and know its every property", () => {
    expectTypeOf<Command>().toExtend<offload.ConnectionArgs>();
    expectTypeOf<CommandProxy>().toExtend<offload.ProxyConnectionArgs>();
    expectTypeOf<keyof CommandProxy>().toEqualTypeOf<Exclude<keyof Command, "proxy">>();
    expectTypeOf<Exclude<keyof offload.ConnectionArgs, keyof Command>>().toEqualTypeOf<Added>();
    expectTypeOf<Exclude<keyof Command, keyof offload.ConnectionArgs>>().toBeNever();
    // What the schema holds is what the arguments offer.
    expectTypeOf<keyof Connection>().toEqualTypeOf<keyof offload.ConnectionArgs>();
    expectTypeOf<keyof Proxy>().toEqualTypeOf<keyof offload.ProxyConnectionArgs>();
    expectTypeOf<pulumi.Output<Command>>().toExtend<offload.SshHostArgs["connection"]>();
    const connection = { host: pulumi.output("10.0.0.10"), privateKey: pulumi.secret("key") };
    expectTypeOf(connection).toExtend<Command>();
    expectTypeOf<{ addresses: string[]; connection: typeof connection }>().toExtend<offload.HostArgs>();
    expectTypeOf<{
      addresses: string[];
      connection: typeof connection;
      local: object;
    }>().not.toExtend<offload.HostArgs>();
  });

  it("know the types of outputs", () => {
    expectTypeOf<offload.TcpSslListener["dnsName"]>().toEqualTypeOf<pulumi.Output<string>>();
    expectTypeOf<offload.Certificate["subjectAlternativeNames"]>().toEqualTypeOf<pulumi.Output<string[]>>();
    expectTypeOf<offload.Certificate>().not.toHaveProperty("key");
  });
});
