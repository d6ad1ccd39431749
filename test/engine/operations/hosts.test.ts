import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, type TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { API, STATE_FILES } from "tls-offload-agent/contract";
import { callApi } from "tls-offload-agent/client";
import { endProcessesNaming } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const HOSTS = { "edge-a": { bind: "127.0.0.51" }, "edge-b": { bind: "127.0.0.52" } };

describe("the hosts of a load balancer", () => {
  it("may get another name at the same address, and the site comes back there", async () => {
    const site = await FleetSite.start({ old: { bind: "127.0.0.53" } }, {}, { withDns: true });
    await site.engine.up(site.program());
    const expected = await site.fingerprintAt("127.0.0.53");
    const moved = site.program({ hosts: { fresh: { bind: "127.0.0.53" } } });
    await site.engine.up(moved);
    expect(await site.fingerprintAt("127.0.0.53")).toBe(expected);
    expect(existsSync(site.stateDir("old"))).toBe(false);
    expect((await site.engine.preview(moved, { refresh: true })).changes).toEqual([]);
    await site.engine.destroy();
  });

  it("keep what is on one that died, when the other lost it", async () => {
    const site = await FleetSite.start(HOSTS);
    await site.engine.up(site.program());
    const listener = `test-project-test-stack-web/listener/${site.port}`;
    await deleteOn(site, "edge-a", listener);
    await endProcessesNaming(site.stateDir("edge-b"));
    await site.engine.refresh();
    const { logs } = await site.engine.preview(site.program());
    const reasons = logs.filter(({ message }) => message.startsWith("to be mended: "));
    expect(reasons.map(({ urn, message }) => `${urn.split("::").at(-1) ?? ""} ${message}`)).toEqual([
      "web to be mended: host edge-b: its agent does not answer",
      `listener to be mended: host edge-a: ${listener} is not there`,
    ]);
    const { changes } = await site.engine.up(site.program());
    expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual([
      "update web",
      "update listener",
    ]);
    await site.engine.destroy();
  });

  it("that leave let connections go on for their group's drain timeout", async () => {
    const site = await FleetSite.start(HOSTS);
    const draining = { connectionDrainEnabled: true, connectionDrainTimeout: 10 };
    await site.engine.up(site.program({ draining }));
    const client = connect({
      host: "127.0.0.52",
      port: site.port,
      servername: "www.example.test",
      ca: site.authority.certPem,
    });
    await once(client, "secureConnect");
    const leaving = site.engine.up(site.program({ draining, hosts: { "edge-a": HOSTS["edge-a"] } }));
    await refused(site, "127.0.0.52");
    expect(await answerOf(client)).toContain("ECS01");
    await leaving;
    expect(existsSync(site.stateDir("edge-b"))).toBe(false);
    await site.engine.destroy();
  });
});

/** Resolves once new connections are refused at the address. */
async function refused(site: FleetSite, address: string): Promise<void> {
  for (;;) {
    try {
      await site.fingerprintAt(address);
    } catch {
      return;
    }
  }
}

async function answerOf(client: TLSSocket): Promise<string> {
  client.write("GET / HTTP/1.1\r\nhost: www.example.test\r\nconnection: close\r\n\r\n");
  let answer = "";
  client.setEncoding("utf8").on("data", (text: string) => (answer += text));
  await once(client, "end");
  client.destroy();
  return answer;
}

async function deleteOn(site: FleetSite, host: string, id: string): Promise<void> {
  const call = { stateDir: site.stateDir(host), socket: STATE_FILES.controlSocket, table: API };
  const { confirmed } = await callApi({ ...call, name: "document", request: {} });
  const incarnation = confirmed.objects[id]?.incarnation ?? "";
  const request = {
    holder: "test",
    expectedGeneration: null,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: 5,
    puts: [],
    deletes: [{ id, incarnation }],
  };
  await callApi({ ...call, name: "change", request });
}
