import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import { beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type IssuedCertificate } from "../../../../scripts/demo/certificate-authority";
import { runProgram } from "./run-program";

let issued: IssuedCertificate;
let other: IssuedCertificate;
beforeAll(async () => {
  const authority = await createAuthority();
  issued = await authority.issue({ names: ["www.example.test"] });
  other = await authority.issue({ names: ["*.other.test"] });
});

interface Parts {
  readonly loadBalancer: offload.LoadBalancer;
  readonly listener: (name: string, port: number) => offload.TcpSslListener;
  readonly record: (name: string, rr: string, value: pulumi.Input<string>) => offload.CnameRecord;
  readonly domain: offload.Domain;
}

function parts(): Parts {
  const loadBalancer = new offload.LoadBalancer("web", {
    hosts: { here: { addresses: ["127.0.0.1"], local: {} } },
    dnsName: "web.lb.example.test",
    dnsListen: { port: 8053 },
  });
  const certificate = new offload.Certificate("www", {
    loadBalancer,
    cert: issued.chainPem,
    key: pulumi.secret(issued.keyPem),
  });
  const group = new offload.ServerGroup("servers", { loadBalancer, servers: [] });
  const domain = new offload.Domain("domain", {
    domainName: "example.test",
    dns: { embedded: { loadBalancer } },
  });
  const listener: Parts["listener"] = (name, listenerPort) =>
    new offload.TcpSslListener(name, {
      loadBalancer,
      listenerPort,
      certificateIds: [certificate.id],
      securityPolicyId: "tls_cipher_policy_1_2_strict",
      serverGroupId: group.id,
    });
  const record: Parts["record"] = (name, rr, value) =>
    new offload.CnameRecord(name, { domainName: domain, rr, value });
  return { loadBalancer, listener, record, domain };
}

describe("rules that span the resources of a program", () => {
  it("have nothing to say of a correct one", async () => {
    const { errors, warnings } = await runProgram(() => {
      const { listener, record } = parts();
      record("www", "www", listener("https", 443).dnsName);
    });
    expect([...errors, ...warnings]).toEqual([]);
  });

  it("say everything before the first resource reaches the engine, which would stop at the first refusal", async () => {
    const { errors, errorsAtFirstRegistration } = await runProgram(() => {
      const { listener, record } = parts();
      const https = listener("https", 443);
      listener("again", 443);
      record("www", "www", https.dnsName);
      record("twice", "WWW", https.dnsName);
      record("shop", "shop", https.dnsName);
    });
    expect(errors).toEqual([
      "TcpSslListener again: listenerPort: port 443 of this load balancer is that of TcpSslListener https too. Give one of them another port. (PORT_TWICE)",
      "CnameRecord twice: rr: www.example.test is declared by CnameRecord www too. Remove one of them. (RECORD_TWICE)",
      "CnameRecord shop: value: shop.example.test leads to TcpSslListener https, none of whose certificates is valid for that name. Use a certificate with shop.example.test among its subject alternative names; there are DNS:www.example.test. (NAME_NOT_COVERED)",
    ]);
    expect(errorsAtFirstRegistration).toEqual(errors);
  });

  it("reach resources that are declared after an await", async () => {
    const { errors } = await runProgram(async () => {
      const { listener } = parts();
      listener("https", 443);
      await new Promise((settle) => setTimeout(settle, 5));
      listener("again", 443);
    });
    expect(errors).toHaveLength(1);
  });

  it("let two load balancers have one port, and one program run after another", async () => {
    const program = (): void => {
      parts().listener("https", 443);
      const loadBalancer = new offload.LoadBalancer("second", {
        hosts: { there: { addresses: ["127.0.0.2"], local: {} } },
      });
      new offload.TcpSslListener("second", {
        loadBalancer,
        listenerPort: 443,
        certificateIds: ["shop-dev-second/certificate/x"],
        securityPolicyId: "tls_cipher_policy_1_2_strict",
        serverGroupId: "shop-dev-second/server-group/x",
      });
    };
    expect((await runProgram(program)).errors).toEqual([]);
    expect((await runProgram(program)).errors).toEqual([]);
  });

  it("refuse two of one name in two components, which would be one object on the hosts", async () => {
    const { errors } = await runProgram(() => {
      const { loadBalancer } = parts();
      const parent = new pulumi.ComponentResource("test:Component", "component");
      new offload.ServerGroup("servers", { loadBalancer, servers: [] }, { parent });
    });
    expect(errors).toEqual([
      "ServerGroup servers: another ServerGroup of this load balancer has the same name. Give one of them another resource name. (ID_TWICE)",
    ]);
  });

  it("refuse a domain that is declared twice", async () => {
    const { errors } = await runProgram(() => {
      const { loadBalancer } = parts();
      new offload.Domain("again", { domainName: "Example.test.", dns: { embedded: { loadBalancer } } });
    });
    expect(errors).toEqual([
      "Domain again: domainName: example.test is declared by Domain domain too. Remove one of them. (DOMAIN_TWICE)",
    ]);
  });

  it("find a record's domain by its name, and say so when there is none", async () => {
    const { errors, registered } = await runProgram(() => {
      const { listener } = parts();
      const value = listener("https", 443).dnsName;
      new offload.CnameRecord("www", { domainName: "example.test", rr: "www", value });
      new offload.CnameRecord("lost", { domainName: "elsewhere.test", rr: "www", value });
    });
    expect(
      registered.find(({ name, type }) => name === "www" && type.endsWith("Record"))?.inputs,
    ).toMatchObject({
      domainId: "shop-dev-web/domain/example.test",
      __offload: { target: { loadBalancerId: "shop-dev-web" } },
    });
    expect(errors.filter((error) => error.includes("domainName"))).toEqual([
      "CnameRecord lost: domainName: no Domain of that name was declared before this record. Declare the Domain first, and give it here instead of its name. (DOMAIN_NOT_DECLARED)",
    ]);
  });

  it("advise against a load balancer's name that did not come out of a listener", async () => {
    const { errors, warnings } = await runProgram(() => {
      const { loadBalancer, listener, record } = parts();
      listener("https", 443);
      record("www", "www", "web.lb.example.test");
      record("other", "other", loadBalancer.dnsName);
    });
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^CnameRecord www: value: is the name of a load balancer, but did not come from a listener\./,
      ),
      expect.stringMatching(/^CnameRecord other: value: .*\(CNAME_UNVERIFIED\)$/),
    ]);
  });
});

describe("a constructor", () => {
  it("finds a secret key that does not match, without telling it", async () => {
    const { errors } = await runProgram(() => {
      const { loadBalancer } = parts();
      new offload.Certificate("wrong", {
        loadBalancer,
        cert: issued.chainPem,
        key: pulumi.secret(other.keyPem),
      });
    });
    expect(errors).toEqual([expect.stringMatching(/^Certificate wrong: key: .*\(KEY_MISMATCH\)$/)]);
  });

  it("says each mistake once, and every one", async () => {
    const { errors } = await runProgram(() => {
      const { loadBalancer } = parts();
      const servers = [{ serverId: "a", serverIp: "a.test", port: 0, weight: pulumi.output(101) }];
      new offload.ServerGroup("group", { loadBalancer, servers, scheduler: "Sch" as "Rr" });
    });
    expect(errors.map((error) => /(\S+): (?:is|has|the)/.exec(error)?.[1])).toEqual([
      "scheduler",
      "servers[0].serverIp",
      "servers[0].port",
      "servers[0].weight",
    ]);
  });

  it("warns of resource options that would be lost", async () => {
    const { warnings } = await runProgram(() => {
      const { loadBalancer } = parts();
      const options = { customTimeouts: { create: "1m" }, replaceOnChanges: ["servers"] };
      new offload.ServerGroup("group", { loadBalancer, servers: [] }, options);
    });
    expect(warnings).toEqual([
      "ServerGroup group: the resource option customTimeouts has no effect on this resource. Set timeoutSeconds of the load balancer. (OPTION_IGNORED)",
      "ServerGroup group: the resource option replaceOnChanges has no effect on this resource. Leave it out; use `pulumi up --replace` to replace once. (OPTION_IGNORED)",
    ]);
  });
});

describe("a login that accepts any host key", () => {
  const ways = [
    { insecureIgnoreHostKey: true },
    {
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1p",
      proxy: { host: "10.0.0.1", insecureIgnoreHostKey: true },
    },
    { privateKey: pulumi.secret("-----BEGIN PRIVATE KEY-----"), insecureIgnoreHostKey: true },
  ];

  it.each(ways)("is said once by a preview; a change names the key that each connection met", async (way) => {
    const program = (): void => {
      const connection = { host: "10.0.0.10", ...way };
      new offload.LoadBalancer("web", { hosts: { a: { addresses: ["192.0.2.10"], connection } } });
    };
    const { warnings, errors } = await runProgram(program);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^LoadBalancer web: hosts\.a\..*HOST_KEY_IGNORED/)]);
    expect((await runProgram(program, false)).warnings).toEqual([]);
  });
});
