import { beforeAll, expect, it } from "vitest";
import { resolveName, visit } from "../../scripts/demo/visit";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import { SITE_NAME, type Site } from "../e2e/site";
import { streamHandshakes } from "../support/handshakes";
import { hostsMissing, type TestHost } from "../support/hosts";
import { startNamedVisitors } from "../support/named-visitors";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { connectTls, readBytes } from "../support/tls-client";
import { until } from "../support/until";
import { createHostsSite, declared, type HostsSite } from "./site";

describeUnless(hostsMissing() ?? pulumiMissing(), "hosts that come, go and die", () => {
  let on: HostsSite;
  let a: TestHost;
  let b: TestHost;
  let c: TestHost;
  let d: TestHost;
  beforeAll(async () => {
    on = await createHostsSite(["edge-a", "edge-b", "edge-c", "edge-d"], { node: true });
    [a, b, c, d] = ["edge-a", "edge-b", "edge-c", "edge-d"].map((name) => on.hosts.host(name)) as [
      TestHost,
      TestHost,
      TestHost,
      TestHost,
    ];
    on.configure({ hosts: declared([a, b, c]) });
    await on.project.up();
  });

  it("a fourth host joins and one leaves without a failed connection, by address to the others or by name to all", async () => {
    const visitors = startNamedVisitors({
      name: SITE_NAME,
      servers: [a, b, c].map(({ address }) => `${address}:53`),
      port: 443,
      ca: on.authority.certPem,
    });
    const streams = [a, b].map(({ address }) =>
      streamHandshakes({ host: address, port: 443, servername: SITE_NAME, ca: on.authority.certPem }),
    );
    const [long] = await Promise.all([connectTls(443, { host: a.address }), on.project.preview()]);
    on.configure({ hosts: declared([a, b, c, d]) });
    await on.project.up();
    expect(await addressesAt(a)).toEqual(addressesOf(a, b, c, d));
    await until("the name brings visitors to the new host", () => visitors.connectionsTo(d.address) > 0);
    on.configure({ hosts: declared([a, b, d]) });
    const leaving = on.project.start("up", "--yes", "--skip-preview");
    await leaving.saw(/host edge-c: out of DNS; serves for \d+ s more/);
    expect(await addressesAt(a)).toEqual(addressesOf(a, b, d));
    expect(await fingerprintAt(c)).toBe(await fingerprintAt(a));
    const alreadyThere = visitors.connectionsTo(c.address);
    expect((await leaving.done).code).toBe(0);
    expect(visitors.connectionsTo(c.address), "visitors who remember it").toBeGreaterThan(alreadyThere);
    for (const { count, failures } of await Promise.all(
      [visitors, ...streams].map((stream) => stream.stop()),
    )) {
      expect(failures).toEqual([]);
      expect(count).toBeGreaterThan(100);
    }
    long.write("still here");
    expect(String(await readBytes(long, 10))).toBe("still here");
    for (const host of [a, b, d]) expect(await addressesAt(host)).toEqual(addressesOf(a, b, d));
    expect((await c.run(`ls ${HOST_LAYOUT.root}`)).status).not.toBe(0);
  });

  it("a dead host is named, and keeps nobody from renewing a certificate once it is in Maintenance", async () => {
    const before = await fingerprintAt(a);
    const renewed = await renewal();
    await b.powerOff();
    on.configure({ hosts: declared([a, b, d]), ...renewed });
    const { output } = await on.project.fail("up", "--yes", "--skip-preview");
    expect(output).toMatch(/host edge-b: .*`status: "Maintenance"`.*OFFLOAD_RELEASE_HOSTS/);
    expect(await fingerprintAt(a)).toBe(before);
    on.configure({ hosts: withStatus("edge-b", "Maintenance"), ...renewed });
    const { output: warned } = await on.project.up();
    const summary = warned.slice(warned.indexOf("Diagnostics:"));
    expect(summary.match(/host edge-b is in Maintenance/g)?.length, "not once a resource").toBe(1);
    expect(await fingerprintAt(a)).not.toBe(before);
    expect(await fingerprintAt(d)).toBe(await fingerprintAt(a));
    expect(await addressesAt(a)).toEqual(addressesOf(a, d));
  });

  it("a host that returns serves by itself, but no name leads to it before it was filled and verified", async () => {
    await b.powerOn();
    const old = await until("it serves what it had", () => fingerprintAt(b));
    expect(old).not.toBe(await fingerprintAt(a));
    expect(await addressesAt(a)).toEqual(addressesOf(a, d));
    const { cert, key } = current;
    on.configure({ hosts: declared([a, b, d]), cert, key });
    await on.project.up();
    expect(await fingerprintAt(b)).toBe(await fingerprintAt(a));
    for (const host of [a, b, d]) expect(await addressesAt(host)).toEqual(addressesOf(a, b, d));
    await on.project.preview("--refresh", "--expect-no-changes");
  });

  it("a host that gets another name keeps its agent and serves on", async () => {
    const pid = await d.sh("systemctl show -p MainPID tls-offload");
    const stream = streamHandshakes({
      host: d.address,
      port: 443,
      servername: SITE_NAME,
      ca: on.authority.certPem,
    });
    const { cert, key } = current;
    const { "edge-d": moved, ...others } = declared([a, b, d]);
    if (moved === undefined) throw new Error("edge-d is not declared");
    on.configure({ hosts: { ...others, "edge-x": moved }, cert, key });
    const { output } = await on.project.up();
    expect(output).toContain("host edge-d goes on under another name");
    expect((await stream.stop()).failures).toEqual([]);
    expect(await d.sh("systemctl show -p MainPID tls-offload")).toBe(pid);
    for (const host of [a, b, d]) expect(await addressesAt(host)).toEqual(addressesOf(a, b, d));
    await on.project.preview("--refresh", "--expect-no-changes");
  });

  let current: Pick<Site, "cert" | "key">;
  async function renewal(): Promise<Pick<Site, "cert" | "key">> {
    const { chainPem, keyPem } = await on.authority.issue({ names: [SITE_NAME] });
    current = { cert: chainPem, key: keyPem };
    return current;
  }

  function withStatus(name: string, status: "Active" | "Maintenance"): NonNullable<Site["hosts"]> {
    const hosts = declared([a, b, d]);
    return Object.fromEntries(
      Object.entries(hosts).map(([each, host]) => [each, each === name ? { ...host, status } : host]),
    );
  }

  async function fingerprintAt({ address }: TestHost): Promise<string> {
    return (await visit(SITE_NAME, address, 443, on.authority.certPem)).certificate.fingerprint256;
  }

  async function addressesAt({ address }: TestHost): Promise<string[]> {
    return [...(await resolveName(`${address}:53`, SITE_NAME)).addresses].sort();
  }

  function addressesOf(...hosts: readonly TestHost[]): string[] {
    return hosts.map(({ address }) => address).sort();
  }
});
