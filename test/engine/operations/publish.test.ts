import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { endProcessesNaming } from "../../support/workspace";
import { FleetSite, type FleetSettings } from "./fleet-site";

const [A, B] = ["127.0.0.61", "127.0.0.62"];
const HOSTS = { "edge-a": { bind: A }, "edge-b": { bind: B } };
const WITHOUT_B = { ...HOSTS, "edge-b": { bind: B, status: "Maintenance" as const } };

describe("the load balancer's name", () => {
  let site: FleetSite;
  beforeAll(async () => {
    site = await FleetSite.start(HOSTS, {}, { withDns: true });
    await site.engine.up(site.program({ withListener: false }));
  });

  it("leads nowhere before there is a listener, and then to every host", async () => {
    expect(await site.namedAt(A)).toEqual([]);
    await site.engine.up(site.program());
    for (const { bind } of Object.values(HOSTS)) expect(await site.namedAt(bind)).toEqual([A, B]);
    await expectQuiet(site, HOSTS);
  });

  it("leads to a host that joins only once it serves", async () => {
    const hosts = { ...HOSTS, "edge-c": { bind: "127.0.0.63" } };
    const expected = fingerprintOf(site.settings.cert);
    const up = site.engine.up(site.program({ hosts }));
    await meanwhile(up, async () => {
      if ((await site.namedAt(A)).includes("127.0.0.63"))
        expect(await site.fingerprintAt("127.0.0.63")).toBe(expected);
    });
    expect(await site.namedAt("127.0.0.63")).toEqual([A, B, "127.0.0.63"]);
    await expectQuiet(site, hosts);
  });

  it("does not lead to a host that leaves when its port closes, and the others miss no connection", async () => {
    const stream = site.handshakes(A);
    const up = site.engine.up(site.program());
    await meanwhile(up, async () => {
      if (await refuses(site, "127.0.0.63")) expect(await site.namedAt(A)).toEqual([A, B]);
    });
    expect((await stream.stop()).failures).toEqual([]);
    expect(await site.namedAt(A)).toEqual([A, B]);
  });

  it("leads away from a host on its way into Maintenance, in that host's own zone too", async () => {
    await site.engine.up(site.program({ hosts: WITHOUT_B }));
    for (const { bind } of Object.values(HOSTS)) expect(await site.namedAt(bind)).toEqual([A]);
    await expectQuiet(site, WITHOUT_B);
    await site.engine.up(site.program());
    expect(await site.namedAt(B)).toEqual([A, B]);
  });

  it("leads to a host that was dead during a renewal only once it serves the new certificate", async () => {
    await endProcessesNaming(site.stateDir("edge-b"));
    const renewed = await site.renewed();
    await site.engine.up(site.program({ ...renewed, hosts: WITHOUT_B }));
    expect(await site.namedAt(A)).toEqual([A]);
    expect(await site.fingerprintAt(A)).toBe(fingerprintOf(renewed.cert));
    let servedOld = false;
    const up = site.engine.up(site.program(renewed));
    await meanwhile(up, async () => {
      const named = await site.namedAt(A);
      const fingerprint = await site.fingerprintAt(B).catch(() => "nothing");
      servedOld ||= fingerprint === fingerprintOf(site.settings.cert);
      if (named.includes(B)) expect(fingerprint).toBe(fingerprintOf(renewed.cert));
    });
    expect(servedOld).toBe(true);
    for (const { bind } of Object.values(HOSTS)) expect(await site.namedAt(bind)).toEqual([A, B]);
    await expectQuiet(site, HOSTS, renewed);
    await site.engine.up(site.program());
  });

  it("that was changed behind Pulumi's back is drift, and mended", async () => {
    await site.publishOn("edge-b", [A, B, "127.0.0.99"]);
    const { logs } = await site.engine.refresh();
    expect(logs.map(({ message }) => message).join("\n")).toContain(
      "host edge-b: its DNS leads to 127.0.0.99",
    );
    await site.engine.up(site.program());
    expect(await site.namedAt(B)).toEqual([A, B]);
    await expectQuiet(site, HOSTS);
  });

  it("leads nowhere any more when the last listener's port closes", async () => {
    const up = site.engine.up(site.program({ withListener: false }));
    await meanwhile(up, async () => {
      if (await refuses(site, A)) expect(await site.namedAt(A)).toEqual([]);
    });
    expect(await site.namedAt(A)).toEqual([]);
    await site.engine.destroy();
  });
});

/** Looks again and again until the work is done. */
async function meanwhile(work: Promise<unknown>, look: () => Promise<void>): Promise<void> {
  const progress = { isDone: false };
  const ended = work.finally(() => {
    progress.isDone = true;
  });
  const looking = (async () => {
    while (!progress.isDone) await look();
  })();
  await Promise.all([ended, looking]);
}

async function refuses(site: FleetSite, address: string): Promise<boolean> {
  return site.fingerprintAt(address).then(
    () => false,
    (error: unknown) => String(error).includes("ECONNREFUSED"),
  );
}

async function expectQuiet(
  site: FleetSite,
  hosts: FleetSettings["hosts"],
  changes: Partial<FleetSettings> = {},
): Promise<void> {
  const program = site.program({ hosts, ...changes });
  expect((await site.engine.preview(program, { refresh: true })).changes).toEqual([]);
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}
