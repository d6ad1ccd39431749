import { X509Certificate } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { dig } from "../../support/dig";
import { DNS_PORT, dnsPortMissing } from "../../support/dns/dns-port";
import { programsMissing } from "../../support/dns/missing";
import { describeUnless } from "../../support/needs";
import { until } from "../../support/until";
import { endProcessesNaming } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const [A, B] = ["127.0.54.21", "127.0.54.22"];
const HOSTS = { "edge-a": { bind: A }, "edge-b": { bind: B } };
const WITHOUT_B = { ...HOSTS, "edge-b": { bind: B, status: "Maintenance" as const } };
const NAME = "test-project-test-stack-web.lb.internal";

const missing = dnsPortMissing() ?? programsMissing({ "/usr/bin/dig": "bind9-dnsutils" });

describeUnless(missing, "name servers that the internet asks", () => {
  let site: FleetSite;
  beforeAll(async () => {
    // No resolver of this machine may be asked for the parent zone.
    const env = { OFFLOAD_DNS_RESOLVERS: "127.0.0.1:1" };
    site = await FleetSite.start(HOSTS, env, { withDns: "public" });
    await site.engine.up(site.program());
  });

  it("are all the hosts, at each of them", async () => {
    for (const address of [A, B]) {
      expect(await site.namedAt(address)).toEqual([A, B]);
      expect(await nameServersAt(address)).toEqual({ "edge-a": [A], "edge-b": [B] });
    }
  });

  it("stay named when one dies, to which the load balancer's name does not lead any more", async () => {
    await endProcessesNaming(site.stateDir("edge-b"));
    await until("edge-b is left out", async () => (await site.namedAt(A)).join() === A);
    expect(await nameServersAt(A)).toEqual({ "edge-a": [A], "edge-b": [B] });
  });

  it("keep nobody from a renewal while one is in Maintenance, and stay as the parent zone has them", async () => {
    const before = delegation();
    expect(before).toHaveLength(4);
    const renewed = await site.renewed();
    const { logs } = await site.engine.up(site.program({ ...renewed, hosts: WITHOUT_B }));
    const messages = logs.map(({ message }) => message);
    expect(messages.filter((message) => message.includes("(PUBLIC_DNS_HOSTS)"))).toHaveLength(1);
    expect(messages.filter((message) => message.includes("records for the parent zone"))).toEqual([]);
    const { fingerprint256 } = new X509Certificate(renewed.cert);
    expect(await site.fingerprintAt(A)).toBe(fingerprint256.replaceAll(":", "").toLowerCase());
    expect(delegation()).toEqual(before);
    expect(await nameServersAt(A)).toEqual({ "edge-a": [A], "edge-b": [B] });
    await site.engine.up(site.program(renewed));
    expect(await nameServersAt(B)).toEqual({ "edge-a": [A], "edge-b": [B] });
    await site.engine.refresh();
    expect((await site.engine.preview(site.program(renewed))).changes).toEqual([]);
    await site.engine.destroy();
  });

  function delegation(): unknown {
    return site.engine.snapshot.resources.find(({ name }) => name === "web")?.outputs["delegation"];
  }
});

/** Host -> the address at which it is to be asked. */
async function nameServersAt(address: string): Promise<Record<string, readonly string[]>> {
  const server = { address, port: DNS_PORT };
  const { answer } = await dig(server, NAME, "NS");
  const named = answer.map((line) => line.split(" ").at(-1) ?? "").sort();
  const found = await Promise.all(
    named.map(async (name) => {
      const addresses = (await dig(server, name, "A")).answer.map((line) => line.split(" ").at(-1) ?? "");
      return [name.replace(`.ns.${NAME}.`, ""), addresses] as const;
    }),
  );
  return Object.fromEntries(found);
}
