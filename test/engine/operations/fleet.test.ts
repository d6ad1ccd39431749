import { createServer } from "node:net";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { FleetSite } from "./fleet-site";

const HOSTS = { "edge-a": { bind: "127.0.0.11" }, "edge-b": { bind: "127.0.0.12" } };

describe("a change on several hosts", () => {
  let site: FleetSite;
  beforeAll(async () => {
    site = await FleetSite.start(HOSTS);
    await site.engine.up(site.program());
  });

  it("reaches every host, and each is verified at its own address", async () => {
    const expected = fingerprintOf(site.settings.cert);
    for (const { bind } of Object.values(HOSTS)) expect(await site.fingerprintAt(bind)).toBe(expected);
    const listener = site.engine.snapshot.resources.find(({ name }) => name === "listener");
    expect(Object.keys(listener?.outputs["verified"] ?? {})).toEqual(["edge-a", "edge-b"]);
  });

  it("that the second host refuses leaves the first as it was and says so host by host", async () => {
    const before = await site.fingerprintAt("127.0.0.11");
    const hosts = { ...HOSTS, "edge-b": { bind: "127.0.0.12", outside: "127.0.0.99" } };
    const failure = await failureOf(site.engine.up(site.program({ ...(await site.renewed()), hosts })));
    expect(failure).toContain("host edge-b");
    expect(failure).toContain("VERIFY_UNREACHABLE");
    expect(failure).toMatch(/edge-a: (put back as it was|nothing was changed)/);
    expect(await site.fingerprintAt("127.0.0.11")).toBe(before);
    expect(await site.fingerprintAt("127.0.0.12")).toBe(before);
    await site.engine.up(site.program());
    expect((await site.engine.preview(site.program(), { refresh: true })).changes).toEqual([]);
  });

  it("fills a host that joins, and takes everything off one that leaves", async () => {
    const joined = { ...HOSTS, "edge-c": { bind: "127.0.0.13" } };
    await site.engine.up(site.program({ hosts: joined }));
    expect(await site.fingerprintAt("127.0.0.13")).toBe(await site.fingerprintAt("127.0.0.11"));
    await site.engine.up(site.program());
    await expect(site.fingerprintAt("127.0.0.13")).rejects.toThrow("ECONNREFUSED");
    expect(existsSync(site.stateDir("edge-c"))).toBe(false);
    expect((await site.engine.preview(site.program(), { refresh: true })).changes).toEqual([]);
  });

  it("leaves a host in Maintenance alone, with a warning", async () => {
    const before = await site.fingerprintAt("127.0.0.12");
    const hosts = { ...HOSTS, "edge-b": { bind: "127.0.0.12", status: "Maintenance" as const } };
    const renewed = await site.renewed();
    const { logs } = await site.engine.up(site.program({ ...renewed, hosts }));
    const told = logs.filter(({ message }) => message.includes("edge-b is in Maintenance"));
    expect(told.length, "once, and not once a resource").toBe(1);
    expect(await site.fingerprintAt("127.0.0.12")).toBe(before);
    expect(await site.fingerprintAt("127.0.0.11")).toBe(fingerprintOf(renewed.cert));
    await site.engine.up(site.program(renewed));
    expect(await site.fingerprintAt("127.0.0.12")).toBe(fingerprintOf(renewed.cert));
  });

  it("takes everything off every host in the end", async () => {
    await site.engine.destroy();
    for (const host of Object.keys(HOSTS)) expect(existsSync(site.stateDir(host))).toBe(false);
  });
});

describe("a create that cannot be done", () => {
  it("names the port, the host and leaves nothing on any host", async () => {
    const site = await FleetSite.start(HOSTS);
    const blocker = createServer().listen(site.port, "127.0.0.12");
    await once(blocker, "listening");
    const failure = await failureOf(site.engine.up(site.program()));
    blocker.close();
    expect(failure).toContain(`host edge-b`);
    expect(failure).toContain(`port ${site.port}`);
    expect(failure).toContain("PORT_IN_USE");
    await expect(site.fingerprintAt("127.0.0.11")).rejects.toThrow("ECONNREFUSED");
    await site.engine.up(site.program());
    await site.engine.destroy();
  });

  it("when no server answers and one has to, is taken back on the canary", async () => {
    const site = await FleetSite.start(HOSTS);
    const servers = [{ serverId: "ECS01", serverIp: "127.0.0.1", port: 1 }];
    const failure = await failureOf(site.engine.up(site.program({ servers, requireHealthyBackend: true })));
    expect(failure).toContain("VERIFY_NO_BACKEND");
    expect(failure).toContain("edge-a: put back as it was; edge-b: nothing was changed");
    await expect(site.fingerprintAt("127.0.0.11")).rejects.toThrow("ECONNREFUSED");
    const { logs } = await site.engine.up(site.program({ servers }));
    expect(logs.map(({ message }) => message).join("\n")).toContain("turned away until one is");
    await site.engine.destroy();
  });
});

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
}
