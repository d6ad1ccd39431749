import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { endProcessesNaming } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const [OLD, FRESH] = ["127.0.0.55", "127.0.0.56"];
const BOTH = { old: { bind: OLD }, fresh: { bind: FRESH } };

describe("the last host that serves", () => {
  it("is not taken away by a preview or `up` that replaces it, but once another one serves", async () => {
    const site = await FleetSite.start({ old: { bind: OLD } });
    await site.engine.up(site.program());
    const expected = await site.fingerprintAt(OLD);
    const replaced = site.program({ hosts: { fresh: { bind: FRESH } } });
    const traffic = site.handshakes(OLD);
    expect(await failureOf(site.engine.preview(replaced))).toContain("HOSTS_ALL_REPLACED");
    expect(await failureOf(site.engine.up(replaced))).toContain("HOSTS_ALL_REPLACED");
    await site.engine.up(site.program({ hosts: BOTH }));
    expect((await traffic.stop()).failures).toEqual([]);
    await site.engine.up(replaced);
    expect(await site.fingerprintAt(FRESH)).toBe(expected);
    expect(existsSync(site.stateDir("old"))).toBe(false);
    await site.engine.destroy();
  });

  it("stays while the one that came was not filled, because the `up` that added it failed", async () => {
    const site = await FleetSite.start({ old: { bind: OLD } });
    await site.engine.up(site.program());
    const blocker = createServer().listen(site.port, FRESH);
    await once(blocker, "listening");
    expect(await failureOf(site.engine.up(site.program({ hosts: BOTH })))).toContain("PORT_IN_USE");
    blocker.close();
    const traffic = site.handshakes(OLD);
    const alone = site.program({ hosts: { fresh: { bind: FRESH } } });
    expect(await failureOf(site.engine.up(alone))).toMatch(/host old: cannot leave yet.*HOSTS_STILL_NEEDED/);
    await site.engine.up(site.program({ hosts: BOTH }));
    expect((await traffic.stop()).failures).toEqual([]);
    await site.engine.up(alone);
    expect(await site.fingerprintAt(FRESH)).toBe(fingerprintOf(site));
    await site.engine.destroy();
  });

  it("stays while the other one was rebuilt from nothing and not filled again", async () => {
    const site = await FleetSite.start({ old: { bind: OLD } });
    await site.engine.up(site.program({ hosts: BOTH }));
    await endProcessesNaming(site.stateDir("fresh"));
    rmSync(site.stateDir("fresh"), { recursive: true });
    const traffic = site.handshakes(OLD);
    const alone = site.program({ hosts: { fresh: { bind: FRESH } } });
    expect(await failureOf(site.engine.up(alone))).toMatch(/host old: cannot leave yet.*HOSTS_STILL_NEEDED/);
    await site.engine.up(site.program({ hosts: BOTH }), { refresh: true });
    expect((await traffic.stop()).failures).toEqual([]);
    await site.engine.up(alone);
    expect(await site.fingerprintAt(FRESH)).toBe(fingerprintOf(site));
    await site.engine.destroy();
  });

  it("holds nobody up once it is dead and given up: the site moves", async () => {
    const site = await FleetSite.start({ old: { bind: OLD } }, { OFFLOAD_RELEASE_HOSTS: "old" });
    await site.engine.up(site.program());
    await endProcessesNaming(site.stateDir("old"));
    const { logs } = await site.engine.up(site.program({ hosts: { fresh: { bind: FRESH } } }));
    expect(logs.map(({ message }) => message)).toContain("host old is given up: what is on it stays there");
    expect(await site.fingerprintAt(FRESH)).toBe(fingerprintOf(site));
    expect(existsSync(site.stateDir("old"))).toBe(true);
    await site.engine.destroy();
  });
});

function fingerprintOf({ settings }: FleetSite): string {
  return new X509Certificate(settings.cert).fingerprint256.replaceAll(":", "").toLowerCase();
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
}
