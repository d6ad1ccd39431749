import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import { describe, expect, it } from "vitest";
import { runProgram } from "../program/run-program";

const SECRET_MARK = "4dabf18193072939515e22adb298388d";
const hosts = { here: { addresses: ["127.0.0.1"], local: { stateDir: "state" } } };

class Component extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("shop:web:Site", name, {}, options);
  }
}

describe("what a program sends to Pulumi", () => {
  it("points at the installed package for ever, by the same text", async () => {
    const { registered } = await runProgram(() => new offload.LoadBalancer("web", { hosts }));
    expect(registered).toHaveLength(1);
    expect(registered[0]?.type).toBe("pulumi-nodejs:dynamic/offload:LoadBalancer");
    expect(registered[0]?.inputs["__provider"]).toBe(
      'exports.handler=()=>require("pulumi-tls-offload/dynamic/v1").loadBalancer',
    );
  });

  it("carries what the provider is not told: owner, URN and target, all known in the first preview", async () => {
    const { registered } = await runProgram(() => {
      const loadBalancer = new offload.LoadBalancer("web", { hosts, dnsListen: { port: 8053 } });
      new offload.ServerGroup("servers", { loadBalancer, servers: [] });
    });
    expect(registered[1]?.inputs).toMatchObject({
      serverGroupName: "servers",
      __offload: {
        owner: "shop/dev/ServerGroup/servers",
        urn: "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/offload:ServerGroup::servers",
        target: {
          loadBalancerId: "shop-dev-web",
          dnsName: "shop-dev-web.lb.internal",
          dnsPort: 8053,
          hosts: {
            here: {
              addresses: ["127.0.0.1"],
              bindAddresses: ["127.0.0.1"],
              status: "Active",
              local: { stateDir: `${process.cwd()}/state` },
            },
          },
        },
      },
    });
  });

  it("has the URN that Pulumi gives, inside components too", async () => {
    let urn: pulumi.Output<string> | undefined;
    const { registered } = await runProgram(() => {
      const outer = new Component("outer");
      const inner = new Component("inner", { parent: outer });
      new offload.LoadBalancer("web", { hosts }, { parent: inner });
      urn = pulumi.createUrn("web", "pulumi-nodejs:dynamic/offload:LoadBalancer", inner);
    });
    const balancer = registered.find(({ name }) => name === "web");
    const hidden = balancer?.inputs["__offload"] as { urn: string };
    const actual = await new Promise<string>((settle) => urn?.apply(settle));
    expect(hidden.urn).toBe(actual);
    expect(actual).toContain("shop:web:Site$shop:web:Site$pulumi-nodejs:dynamic/offload:LoadBalancer");
  });

  it("marks a certificate's key as a secret, however it was given", async () => {
    const { registered } = await runProgram(() => {
      const loadBalancer = new offload.LoadBalancer("web", { hosts });
      new offload.Certificate("www", { loadBalancer, cert: "cert", key: "the key" });
    });
    expect(registered[1]?.inputs["key"]).toMatchObject({ [SECRET_MARK]: expect.any(String) as string });
  });

  it("reaches the load balancer of another stack through its handle", async () => {
    const { registered, errors } = await runProgram(() => {
      const { handle } = new offload.LoadBalancer("web", { hosts, dnsListen: {} });
      new offload.ServerGroup("servers", { loadBalancer: handle, servers: [] });
      new offload.Domain("domain", {
        domainName: "example.test",
        dns: { embedded: { loadBalancer: handle } },
      });
      new offload.CnameRecord("www", { domainName: "example.test", rr: "www", value: "a.test" });
    });
    expect(errors).toEqual([]);
    expect(registered.slice(1).map(({ inputs }) => inputs["__offload"])).toEqual(
      Array(3).fill(
        expect.objectContaining({
          target: expect.objectContaining({ loadBalancerId: "shop-dev-web" }) as object,
        }),
      ),
    );
    expect(registered.find(({ type }) => type.endsWith("Record"))?.inputs["domainId"]).toBe(
      "shop-dev-web/domain/example.test",
    );
  });
});

describe("looking a resource up", () => {
  it("carries what read needs, and declares nothing that could be refused", async () => {
    const { registered, errors } = await runProgram(() => {
      const loadBalancer = offload.LoadBalancer.get("web", "shop-prod-web", { hosts });
      offload.Certificate.get("www", "shop-prod-web/certificate/www", loadBalancer);
      const domain = offload.Domain.get("domain", "shop-prod-web/domain/example.test", loadBalancer);
      offload.CnameRecord.get("record", "shop-prod-web/record/www.example.test", domain);
    });
    expect(errors).toEqual([]);
    expect(registered).toHaveLength(4);
    for (const { inputs } of registered) {
      expect(inputs["__provider"]).toContain("pulumi-tls-offload/dynamic/v1");
      expect(inputs["__offload"]).toMatchObject({ target: { loadBalancerId: "shop-prod-web" } });
    }
  });
});

describe("outputs", () => {
  it("are unknown in a preview, and not what the inputs are", async () => {
    const seen: string[] = [];
    await runProgram(() => {
      const loadBalancer = new offload.LoadBalancer("web", { hosts });
      const listener = new offload.TcpSslListener("https", {
        loadBalancer,
        listenerPort: 443,
        certificateIds: ["shop-dev-web/certificate/www"],
        securityPolicyId: "tls_cipher_policy_1_2_strict",
        serverGroupId: "shop-dev-web/server-group/servers",
      });
      listener.dnsName.apply((name) => seen.push(name));
    });
    expect(seen).toEqual([]);
  });
});
