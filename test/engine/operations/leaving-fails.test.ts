import { existsSync } from "node:fs";
import type * as offload from "pulumi-tls-offload";
import { describe, expect, it } from "vitest";
import type { Deployed } from "../../support/engine";
import { playHost, type ScriptEnd } from "../../support/ssh/played-host";
import { until } from "../../support/until";
import { onCleanup } from "../../support/workspace";
import { Relay, type Observer } from "../fleet/relay";
import { FleetSite } from "./fleet-site";

const [A, B, C, D] = ["127.0.0.205", "127.0.0.206", "127.0.0.207", "127.0.0.208"];
const STAYING = { "edge-a": { bind: A }, "edge-b": { bind: B } };

describe("a host that leaves and cannot be removed", () => {
  it("is told of as one that serves nobody when the program takes it back, and is filled by a refresh", async () => {
    const site = await FleetSite.start(STAYING);
    const removal = new Removal(site.stateDir("edge-c"));
    const all = { ...STAYING, "edge-c": { bind: C, connection: await removal.connection() } };
    const draining = { connectionDrainEnabled: true, connectionDrainTimeout: 10 };
    await site.engine.up(site.program({ draining }));
    const joined = await site.engine.up(site.program({ draining, hosts: all }));
    await expect(site.engine.up(site.program({ draining }))).rejects.toThrow("DELETE_UNREACHABLE");
    const { logs } = await site.engine.up(site.program({ draining, hosts: all }));
    const lacks = `host edge-c: it lacks test-project-test-stack-web/listener/${site.port}, which other hosts have; \`pulumi up --refresh\` puts that there, unless this \`up\` does`;
    expect(warningsIn(logs)).toContain(lacks);
    expect(warningsIn(joined.logs)).toEqual([]);
    await site.engine.up(site.program({ draining, hosts: all }), { refresh: true });
    expect(await site.fingerprintAt(C)).toBe(await site.fingerprintAt(A));
    removal.isBroken = false;
    await site.engine.destroy();
  });

  it("does not make the state forget the host that came in its place: a destroy takes both", async () => {
    const site = await FleetSite.start(STAYING);
    const removal = new Removal(site.stateDir("edge-c"));
    const connection = await removal.connection();
    await site.engine.up(site.program({ hosts: { ...STAYING, "edge-c": { bind: C, connection } } }));
    const replaced = { ...STAYING, "edge-d": { bind: D } };
    await expect(site.engine.up(site.program({ hosts: replaced }))).rejects.toThrow(
      /host edge-c: .*read-only file system.*\(DELETE_UNREACHABLE\)/,
    );
    removal.isBroken = false;
    await site.engine.destroy();
    for (const host of ["edge-c", "edge-d"]) expect(existsSync(site.stateDir(host)), host).toBe(false);
  });
});

describe("a host that leaves while another one does not take the change", () => {
  it("serves on, because that one's DNS leads to it, and goes with the next `up`", async () => {
    const env = { TLS_OFFLOAD_UNHEARD_SECONDS: "2" };
    const site = await FleetSite.start({ ...STAYING, "edge-c": { bind: C } }, env, { withDns: true });
    await site.engine.up(site.program());
    const observer: Observer = { asked: ({ name }) => (name === "confirm" ? "cut" : "pass") };
    const relay = await Relay.attach("edge-b", site.stateDir("edge-b"), () => observer);
    let isAttached = true;
    const detach = async (): Promise<void> => {
      if (isAttached) await relay.detach();
      isAttached = false;
    };
    onCleanup(detach);
    const without = site.program({ hosts: STAYING });
    await expect(site.engine.up(without)).rejects.toThrow("CONFIRM_INCOMPLETE");
    await detach();
    await until("edge-b has taken the change back", async () => (await site.namedAt(B)).includes(C));
    expect(await site.fingerprintAt(C)).toBe(await site.fingerprintAt(A));
    await site.engine.up(without);
    for (const address of [A, B]) expect(await site.namedAt(address)).toEqual([A, B]);
    expect(existsSync(site.stateDir("edge-c"))).toBe(false);
    expect((await site.engine.preview(without, { refresh: true })).changes).toEqual([]);
    await site.engine.destroy();
  });
});

/** Of the agent of a host that is reached over SSH. */
class Removal {
  isBroken = true;

  constructor(private readonly stateDir: string) {}

  async connection(): Promise<offload.ConnectionArgs> {
    const script = (text: string): ScriptEnd | undefined =>
      this.isBroken && text.includes("userdel") ? { status: 1, stderr: "read-only file system" } : undefined;
    return (await playHost({ stateDir: this.stateDir, script })).connection;
  }
}

function warningsIn(logs: Deployed["logs"]): readonly string[] {
  return logs.flatMap(({ severity, message }) => (severity === "warning" ? [message] : []));
}
