import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as offload from "pulumi-tls-offload";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATE_FILES } from "tls-offload-agent/contract";
import { localClient } from "../../../provider/transport/local/client";
import { MiniEngine, type Deployed } from "../../support/engine";
import { endProcessesNaming, onCleanup, temporaryDirectory } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const [A, B] = ["127.0.0.71", "127.0.0.72"];
const HOSTS = { "edge-a": { bind: A }, "edge-b": { bind: B } };

describe("a host that somebody did something to", () => {
  let site: FleetSite;
  let machineId: string;
  const becomeAnotherMachine = (): void => {
    writeFileSync(machineId, `${randomBytes(16).toString("hex")}\n`);
  };
  beforeAll(async () => {
    machineId = join(temporaryDirectory("machine"), "machine-id");
    becomeAnotherMachine();
    const env = { TLS_OFFLOAD_MACHINE_ID_FILE: machineId };
    site = await FleetSite.start(HOSTS, env, { withDns: true });
    await site.engine.up(site.program());
  });
  afterAll(async () => {
    await site.engine.destroy();
  });

  it("and drained is shown by a refresh as Drained, is no drift, and stays drained through changes", async () => {
    await localClient("edge-b", site.stateDir("edge-b")).call("drain", { reason: "new memory" });
    const { logs } = await site.engine.refresh();
    expect(warningsIn(logs)).toContain("host edge-b: drained by hand");
    expect(statusOf(site, "edge-b")["status"]).toBe("Drained");
    expect((await site.engine.preview(site.program())).changes).toEqual([]);
    const renewed = await site.renewed();
    const applied = await site.engine.up(site.program(renewed));
    expect(warningsIn(applied.logs)).toContain(
      "host edge-b: drained by hand: it takes the change, which is not verified",
    );
    await expect(site.fingerprintAt(B)).rejects.toThrow("ECONNREFUSED");
    expect(await site.namedAt(A)).toEqual([A]);

    await localClient("edge-b", site.stateDir("edge-b")).call("undrain", {});
    await site.engine.up(site.program(renewed), { refresh: true });
    expect(await site.namedAt(A)).toEqual([A, B]);
    expect(await site.fingerprintAt(B)).toBe(await site.fingerprintAt(A));
    await site.engine.up(site.program());
  });

  it("and cloned refuses changes by name, until the person adopts it", async () => {
    becomeAnotherMachine();
    for (const host of Object.keys(HOSTS)) await restartControl(site, host);
    await waitForClone(site, "edge-b");
    const changed = site.program({ draining: { connectionDrainEnabled: true, connectionDrainTimeout: 20 } });
    const failure = await site.engine.up(changed).then(() => "it succeeded", String);
    expect(failure).toContain("HOST_CLONED");
    expect(failure).toMatch(/host edge-[ab]/);
    const adopting = new MiniEngine({
      env: { TLS_OFFLOAD_MACHINE_ID_FILE: machineId, OFFLOAD_ADOPT_HOSTS: "edge-a, edge-b" },
    });
    onCleanup(() => adopting.stop());
    adopting.snapshot = site.engine.snapshot;
    // The same program: what the message says to run has to be enough.
    const { logs } = await adopting.up(changed);
    site.engine.snapshot = adopting.snapshot;
    expect(warningsIn(logs)).toContain("host edge-b: the machine has another one's disk");
    expect((await site.engine.preview(changed)).changes).toEqual([]);
    await site.engine.up(site.program());
  });

  it("and of another load balancer is refused by name and left exactly as it was", async () => {
    const document = join(site.stateDir("edge-b"), STATE_FILES.document);
    const before = readFileSync(document, "utf8");
    const free = join(site.directory, "free");
    const engine = new MiniEngine({ stack: "other" });
    onCleanup(() => engine.stop());
    const failure = await engine
      .up(() => {
        new offload.LoadBalancer("web", {
          hosts: {
            first: { addresses: ["127.0.0.73"], local: { stateDir: free } },
            taken: { addresses: [B], local: { stateDir: site.stateDir("edge-b") } },
          },
        });
      })
      .then(() => "it succeeded", String);
    expect(failure).toContain("host taken: this host belongs to load balancer test-project-test-stack-web");
    expect(failure).toContain("HOST_CLAIMED");
    expect(readFileSync(document, "utf8")).toBe(before);
    expect(() => readFileSync(join(free, STATE_FILES.document))).toThrow("ENOENT");
    expect(await site.fingerprintAt(B)).toBe(await site.fingerprintAt(A));
  });

  it("and of another load balancer is left alone although its agent is dead", async () => {
    await endProcessesNaming(site.stateDir("edge-b"));
    const engine = new MiniEngine({ stack: "other" });
    onCleanup(() => engine.stop());
    const taken = { addresses: [B], local: { stateDir: site.stateDir("edge-b") } };
    const failure = await engine
      .up(() => {
        new offload.LoadBalancer("web", { hosts: { taken } });
      })
      .then(() => "it succeeded", String);
    expect(failure).toContain("host taken: this host belongs to load balancer test-project-test-stack-web");
    const client = localClient("edge-b", site.stateDir("edge-b"));
    await expect(client.call("facts", {})).rejects.toThrow("AGENT_UNREACHABLE");
    await site.engine.up(site.program(), { refresh: true });
  });

  it("and whose document is lost goes on serving when the update that would mend it fails", async () => {
    rmSync(join(site.stateDir("edge-b"), STATE_FILES.document));
    await restartControl(site, "edge-b");
    await site.engine.refresh();
    const failing = { ...HOSTS, "edge-c": { bind: "192.0.2.74" } };
    await expect(site.engine.up(site.program({ hosts: failing }))).rejects.toThrow("ADDRESS_NOT_BINDABLE");
    expect(await site.fingerprintAt(B)).toBe(await site.fingerprintAt(A));
    await site.engine.up(site.program(), { refresh: true });
    expect(await site.namedAt(B)).toEqual([A, B]);
  });

  it("and dead is said once in a refresh, with a path that a person can open", async () => {
    await endProcessesNaming(site.stateDir("edge-b"));
    const { logs } = await site.engine.refresh();
    const said = logs.filter(({ message }) => message.includes("edge-b"));
    expect(said.map(({ message }) => message)).toEqual([expect.stringContaining(site.stateDir("edge-b"))]);
    expect(said[0]?.message).not.toContain("/proc/self");
    expect(statusOf(site, "edge-b")["status"]).toBe("Unreachable");
    await site.engine.up(site.program());
    expect(await site.namedAt(B)).toEqual([A, B]);
  });
});

function warningsIn(logs: Deployed["logs"]): string {
  return logs.flatMap(({ severity, message }) => (severity === "warning" ? [message] : [])).join("\n");
}

function statusOf(site: FleetSite, host: string): Readonly<Record<string, unknown>> {
  const web = site.engine.snapshot.resources.find(({ name }) => name === "web");
  const all = web?.outputs["hostStatus"] as Readonly<Record<string, Record<string, unknown>>> | undefined;
  return all?.[host] ?? {};
}

async function restartControl(site: FleetSite, host: string): Promise<void> {
  const { pid } = await localClient(host, site.stateDir(host)).call("facts", {});
  process.kill(pid, "SIGKILL");
}

async function waitForClone(site: FleetSite, host: string): Promise<void> {
  const client = localClient(host, site.stateDir(host));
  await expect
    .poll(
      () =>
        client.call("facts", {}).then(
          ({ cloned }) => cloned,
          () => null,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
}
