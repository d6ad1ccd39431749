import { existsSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { resolveName, visit } from "../../scripts/demo/visit";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { connects } from "../support/connects";
import { createSite, SITE_NAME, type SiteProject } from "./site";

describeUnless(pulumiMissing(), "the seed scenario through the real CLI", () => {
  let on: SiteProject;
  let firstUp: string;
  beforeAll(async () => {
    on = await createSite();
    firstUp = (await on.project.up()).output;
  });

  it("creates all six resources", () => {
    expect(firstUp).toMatch(/\+ 7 created/);
  });

  it("leads the name through the CNAME to the load balancer's address", async () => {
    expect(await resolveName(`127.0.0.1:${on.site.dnsPort}`, SITE_NAME)).toEqual({
      chain: [SITE_NAME, "web.lb.example.test"],
      addresses: ["127.0.0.1"],
    });
  });

  it("brings a visitor to ECS01 and ECS02 over TLS that a browser would trust", async () => {
    const seen: string[] = [];
    for (let visits = 0; visits < 20; visits += 1) {
      const { servedBy } = await visit(SITE_NAME, "127.0.0.1", on.site.listenerPort, on.authority.certPem);
      seen.push(servedBy);
    }
    const times = (name: string): number => seen.filter((each) => each === name).length;
    expect(times("ECS01") + times("ECS02")).toBe(20);
    expect(Math.min(times("ECS01"), times("ECS02"))).toBeGreaterThan(5);
  });

  it("keeps the private key out of the state and of what is printed", () => {
    const secret = on.site.key.split("\n")[1] ?? "";
    expect(secret.length).toBeGreaterThan(40);
    expect(on.project.stateText()).not.toContain(secret);
    expect(firstUp).not.toContain(secret);
  });

  it("changes nothing when it is applied again", async () => {
    const { output } = await on.project.up("--expect-no-changes");
    expect(output).toMatch(/7 unchanged/);
  });

  it("shows an empty preview after a refresh", async () => {
    const { output } = await on.project.preview("--refresh", "--expect-no-changes");
    expect(output).toMatch(/7 unchanged/);
  });

  it("is taken down from the name to the host, and leaves no process, port or file", async () => {
    const { output } = await on.project.destroy();
    const deleted = [...output.matchAll(/offload:(\w+) \S+ deleted/g)].map(([, kind]) => kind);
    const order = (kind: string): number => deleted.indexOf(kind);
    expect(deleted).toHaveLength(6);
    expect(order("CnameRecord")).toBeLessThan(order("TcpSslListener"));
    expect(order("TcpSslListener")).toBeLessThan(Math.min(order("Certificate"), order("ServerGroup")));
    expect(order("LoadBalancer")).toBe(5);
    expect(existsSync(on.site.stateDir)).toBe(false);
    expect(await connects(on.site.listenerPort)).toBe(false);
    expect(await connects(on.site.dnsPort)).toBe(false);
  });
});
