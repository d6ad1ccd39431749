import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as offload from "pulumi-tls-offload";
import { expect, it } from "vitest";
import { runProgram, type Registered } from "../program/run-program";

const SECRET_MARK = "4dabf18193072939515e22adb298388d";
/** Of no worth. */
const SECRET = Buffer.alloc(32, 7).toString("base64");
const WAY = { server: "192.0.2.53", keyName: "offload" };

interface Carried {
  readonly zone?: Readonly<Record<string, unknown>>;
  readonly target?: { readonly dns: { readonly rfc2136: Readonly<Record<string, unknown>> } };
}

/** The zone in the hidden input of a Domain, a CnameRecord or a LoadBalancer. */
function zoneIn({ inputs }: Registered): Readonly<Record<string, unknown>> | undefined {
  const { zone, target } = inputs["__offload"] as Carried;
  return zone ?? target?.dns.rfc2136;
}

it("a key's file is found by refresh and destroy, which may run elsewhere, and by whoever's home is meant", async () => {
  const paths = ["keys/dns", "~/keys/dns", "/etc/keys/dns", pulumi.output("keys/later")];
  const { registered } = await runProgram(() => {
    paths.forEach((keySecretFile, index) => {
      const rfc2136 = { ...WAY, keySecretFile };
      new offload.Domain(`domain-${index}`, { domainName: `d${index}.test`, dns: { rfc2136 } });
      const hosts = { here: { addresses: ["127.0.0.1"], local: {} } };
      new offload.LoadBalancer(`web-${index}`, { hosts, dnsName: `lb.d${index}.test`, dns: { rfc2136 } });
    });
  });
  const lasting = ["keys/dns", "~/keys/dns", "/etc/keys/dns", "keys/later"].map((path) =>
    /^[~/]/.test(path) ? path : join(process.cwd(), path),
  );
  const found = (type: string): Registered[] => registered.filter((one) => one.type.endsWith(`:${type}`));
  expect(found("Domain").map((one) => zoneIn(one)?.["keySecretFile"])).toEqual(lasting);
  expect(found("LoadBalancer").map((one) => zoneIn(one)?.["keySecretFile"])).toEqual(lasting);
});

it("a key's secret is one in every resource that carries it, whether the program gave it as one or not", async () => {
  const { registered, errors } = await runProgram(() => {
    const rfc2136 = { ...WAY, keySecret: SECRET };
    const domain = new offload.Domain("domain", { domainName: "example.test", dns: { rfc2136 } });
    new offload.CnameRecord("www", { domainName: domain, rr: "www", value: "a.test" });
    const hosts = { here: { addresses: ["127.0.0.1"], local: {} } };
    new offload.LoadBalancer("web", { hosts, dnsName: "web.example.test", dns: { rfc2136 } });
  });
  expect(errors).toEqual([]);
  // Pulumi's mocks show the property as secret that has one inside.
  const sealed = (value: object): object => ({ [SECRET_MARK]: expect.any(String) as string, value });
  const rfc2136 = expect.objectContaining({ keySecret: SECRET }) as object;
  const [domain, record, loadBalancer] = ["Domain", "CnameRecord", "LoadBalancer"].map(
    (type) => registered.find((one) => one.type.endsWith(`:${type}`))?.inputs,
  );
  expect([domain?.["dns"], loadBalancer?.["dns"]]).toEqual(Array(2).fill(sealed({ rfc2136 })));
  for (const inputs of [domain, record])
    expect(inputs?.["__offload"]).toMatchObject(sealed({ zone: rfc2136 }));
  expect(loadBalancer?.["__offload"]).toMatchObject(sealed({ target: { dns: { rfc2136 } } }));
});

it("a record goes to its domain's zone, in which it is known by its stack", async () => {
  const { registered, errors } = await runProgram(() => {
    const rfc2136 = { ...WAY, keySecretEnv: "SHOP_DNS_KEY", zone: "Example.TEST." };
    new offload.Domain("domain", { domainName: "shop.example.test", dns: { rfc2136 } });
    new offload.CnameRecord("www", { domainName: "Shop.example.test", rr: "www", value: "a.test" });
  });
  expect(errors).toEqual([]);
  expect(registered[1]?.inputs).toMatchObject({
    domainId: "shop-dev/domain/shop.example.test",
    __offload: { zone: { ...WAY, zone: "example.test" }, owner: "shop/dev/CnameRecord/www" },
  });
});

it("the zone is the domain, or what the load balancer's name is in, unless it is given", async () => {
  const { registered } = await runProgram(() => {
    const rfc2136 = { ...WAY, keySecretEnv: "SHOP_DNS_KEY" };
    new offload.Domain("domain", { domainName: pulumi.output("Example.TEST."), dns: { rfc2136 } });
    const hosts = { here: { addresses: ["127.0.0.1"], local: {} } };
    new offload.LoadBalancer("web", { hosts, dnsName: "Web.LB.example.test", dns: { rfc2136 } });
  });
  expect(registered.map((one) => zoneIn(one)?.["zone"])).toEqual(["example.test", "lb.example.test"]);
});
