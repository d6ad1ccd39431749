import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { execFileSync } from "node:child_process";
import type { TLSSocket } from "node:tls";
import { beforeAll, expect, it } from "vitest";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import { LIMITS } from "../../proxy-agent/contract/limits";
import { createAuthority } from "../../scripts/demo/certificate-authority";
import { certificate, change, group, listener, loadBalancer } from "../blackbox/control/objects";
import { Backend, echo } from "../support/backends";
import { hostsMissing, startHosts, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { connectTls, readBytes } from "../support/tls-client";
import { until } from "../support/until";
import { callAgent } from "./agent";

const NODE = "/usr/local/bin/node";
const PORT = 443;

describeUnless(hostsMissing(), "`agent.cjs install` on a host", () => {
  let host: TestHost;
  let gateway: string;
  let bundle: string;

  beforeAll(async () => {
    execFileSync(process.execPath, [resolve("scripts/bundle-agent.mjs")], { stdio: "ignore" });
    bundle = readFileSync(resolve("proxy-agent/dist/agent.cjs"), "utf8");
    const hosts = await startHosts(["edge-a"], { node: true });
    host = hosts.host("edge-a");
    gateway = hosts.gateway;
  });

  const version = (number: string): string => bundle.replaceAll('"0.1.0"', JSON.stringify(number));
  /** Says once why it does not start, and hangs in silence when it is started again. */
  const failing = (role: string, number: string): string => {
    const said = JSON.stringify(`${HOST_LAYOUT.stateDir}/failed-${role}-${number}`);
    const hang = "for(;;)Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0)";
    const failure = `const fs=require("fs");if(fs.existsSync(${said}))${hang};fs.writeFileSync(${said},"");\nthrow new Error("broken on purpose")`;
    return version(number).replace(
      '"use strict";',
      `"use strict";if(process.argv[2]===${JSON.stringify(role)}){${failure}}`,
    );
  };

  async function install(text: string): Promise<Record<string, unknown>> {
    const folder = createHash("sha256").update(text).digest("hex").slice(0, 16);
    const file = join(HOST_LAYOUT.bundles, folder, "agent.cjs");
    mkdirSync(dirname(host.path(file)), { recursive: true });
    writeFileSync(host.path(file), text);
    const { stdout } = await host.run(`${NODE} ${file} install --node ${NODE}`, LIMITS.hostInstallSeconds);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  const bundles = (): Promise<string> => host.sh(`ls ${HOST_LAYOUT.bundles} | wc -l`);

  async function speaks(client: TLSSocket): Promise<void> {
    client.write("hello");
    expect((await readBytes(client, 5)).toString()).toBe("hello");
  }

  it("leaves nothing of a first agent that does not start", async () => {
    const answer = await install(failing("supervise", "0.1.0"));
    expect(answer).toMatchObject({ ok: false, code: "AGENT_NOT_STARTED" });
    expect(JSON.stringify(answer)).toContain("broken on purpose");
    const { command, root, stateDir, unitFile, user } = HOST_LAYOUT;
    for (const path of [command, root, stateDir, unitFile]) {
      expect((await host.run(`test -e ${path}`)).status, path).toBe(1);
    }
    expect((await host.run(`getent passwd ${user}`)).status).not.toBe(0);
  });

  it("installs once, however often and at the same time it is run", async () => {
    const answers = await Promise.all([install(bundle), install(bundle)]);
    expect(answers.map(({ state }) => state).sort()).toEqual(["installed", "unchanged"]);
    expect(await install(bundle)).toEqual({ ok: true, state: "unchanged", version: "0.1.0" });
    expect(await host.sh("systemd-analyze security tls-offload | tail -n 1")).toMatch(/: (0\.\d|1\.[0-5]) /);
  });

  it("has a command for people, which tells those who may not use it who may", async () => {
    const help = await host.run("proxy-agent --help");
    expect(help).toMatchObject({ status: 0, stderr: "" });
    expect(help.stdout).toContain("usage: proxy-agent <command>");
    expect((await host.run("proxy-agent drian")).status).toBe(2);
    for (const command of ["status", "facts", "drain", "undrain"]) {
      const { status, stderr } = await host.run(`runuser -u plain -- proxy-agent ${command}`);
      expect(status).toBe(1);
      expect(stderr).toContain("plain may not ask the agent of this host. Use sudo, or join the group");
    }
    expect(await host.sh(`runuser -u plain -g ${HOST_LAYOUT.user} -- proxy-agent status`)).toContain(
      "agent ",
    );
  });

  it("puts back a unit that was edited, disabled and stopped, and leaves somebody's own settings alone", async () => {
    const dropIn = `${HOST_LAYOUT.unitFile}.d/own.conf`;
    await host.sh(`mkdir ${dirname(dropIn)} && printf '[Service]\\nNice=5\\n' > ${dropIn}`);
    await host.sh(`echo '#' >> ${HOST_LAYOUT.unitFile} && systemctl daemon-reload`);
    expect(await callAgent(host, "facts", {})).toMatchObject({
      unit: { state: "edited", dropIns: [dropIn] },
    });
    await host.sh("systemctl disable --now --quiet tls-offload");
    expect(await install(bundle)).toMatchObject({ ok: true, state: "repaired" });
    expect(await callAgent(host, "facts", {})).toMatchObject({
      unit: { state: "as installed", dropIns: [dropIn] },
    });
  });

  it("starts with the machine again where it was only disabled, or enabled until the next start, and nothing is restarted for that", async () => {
    const { pid } = await callAgent(host, "facts", {});
    for (const damage of ["disable", "enable --runtime"]) {
      await host.sh(`systemctl disable --quiet tls-offload && systemctl ${damage} --quiet tls-offload`);
      expect(await callAgent(host, "facts", {})).toMatchObject({ unit: { state: "not enabled" } });
      expect(await install(bundle)).toMatchObject({ ok: true, state: "repaired" });
      expect(await callAgent(host, "facts", {})).toMatchObject({ pid, unit: { state: "as installed" } });
      expect(await host.sh("systemctl is-enabled tls-offload")).toBe("enabled");
    }
    expect(await install(bundle)).toMatchObject({ ok: true, state: "unchanged" });
  });

  it("upgrades, and takes a bad upgrade back, without ending a connection or touching the document", async () => {
    const backend = await Backend.start(echo, 0, gateway);
    const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
    const servers = [{ serverId: "ECS01", ip: gateway, port: backend.port, weight: 100, description: "" }];
    const objects = [
      loadBalancer({ bindAddresses: ["0.0.0.0"], publishedAddresses: [host.address] }),
      certificate(issued),
      group([], { servers }),
      listener(PORT),
    ];
    await callAgent(host, "change", change(objects));
    const client = await connectTls(PORT, { host: host.address });
    await speaks(client);
    const document = (): unknown[] => {
      const file = host.path(`${HOST_LAYOUT.stateDir}/document.json`);
      const { ino, mtimeMs } = statSync(file);
      return [readFileSync(file, "utf8"), ino, mtimeMs];
    };
    const before = document();

    expect(await install(version("0.2.0"))).toEqual({ ok: true, state: "upgraded", version: "0.2.0" });
    await speaks(client);
    expect(await install(bundle)).toMatchObject({ ok: false, code: "AGENT_NEWER" });

    for (const role of ["control", "supervise"]) {
      const answer = await install(failing(role, "0.3.0"));
      expect(answer).toMatchObject({
        ok: false,
        code: "AGENT_UPGRADE_UNDONE",
        parameters: { version: "0.3.0", oldVersion: "0.2.0" },
      });
      expect(JSON.stringify(answer)).toContain("broken on purpose");
      expect(await callAgent(host, "facts", {})).toMatchObject({ agentVersion: "0.2.0", supervised: true });
      await speaks(client);
    }
    expect(document()).toEqual(before);
    // The running one, and the first one, from which the data plane has been running all the time.
    expect(await bundles()).toBe("2");
    await speaks(await connectTls(PORT, { host: host.address }));
    client.destroy();
  }, 300_000);

  it("keeps the traffic of a damaged agent when the one that was to take its place does not come up", async () => {
    const client = await connectTls(PORT, { host: host.address });
    await host.sh(`rm ${HOST_LAYOUT.current}`);
    for (const role of ["control", "supervise"]) {
      const answer = await install(failing(role, "0.4.0"));
      await speaks(await connectTls(PORT, { host: host.address }));
      await speaks(client);
      expect(answer).toMatchObject({ ok: false, code: "AGENT_REPAIR_FAILED" });
      expect(answer["message"]).toMatch(
        /^no agent is installed there that works, and 0\.4\.0, which was to take its place, did not serve within 30 s; what it said: .*broken on purpose.* mend the reason and run `pulumi up` again; until then its data plane goes on with what it serves, without health checks, and its DNS server does not answer\. \(AGENT_REPAIR_FAILED\)$/,
      );
      // Nothing tries again and again what is not there any more.
      expect((await host.run("systemctl is-active tls-offload")).stdout).toMatch(/inactive|failed/);
      expect((await host.run(`test -e ${HOST_LAYOUT.current}`)).status).toBe(1);
    }
    expect(await install(version("0.2.0"))).toMatchObject({ ok: true });
    expect(await callAgent(host, "facts", {})).toMatchObject({ agentVersion: "0.2.0", supervised: true });
    expect((await host.run(`test -e /run${HOST_LAYOUT.unitFile.slice("/etc".length)}.d`)).status).toBe(1);
    await speaks(client);
    client.destroy();
  }, 300_000);

  it("tells that there is nothing to start its supervisor by, where its unit was removed or masked, and is installed again", async () => {
    const { unitFile, unit, node } = HOST_LAYOUT;
    for (const damage of [`rm ${unitFile}`, `ln -sf /dev/null ${unitFile}`]) {
      const supervisor = await host.sh(`systemctl show --property MainPID --value ${unit}`);
      // Without Node systemd tries in vain to start the next one, until it is told to stop.
      await host.sh(`mv ${node} ${node}.away && kill -KILL ${supervisor} && systemctl stop ${unit}`);
      await host.sh(`mv ${node}.away ${node} && ${damage} && systemctl daemon-reload`);
      expect(await callAgent(host, "facts", {})).toMatchObject({
        supervised: false,
        unit: { state: "missing" },
      });
      expect((await host.run(`systemctl start ${unit}`)).status).not.toBe(0);
      expect(await install(version("0.2.0"))).toMatchObject({ ok: true });
      expect(await callAgent(host, "facts", {})).toMatchObject({
        supervised: true,
        unit: { state: "as installed" },
      });
    }
  });

  it("goes on when the supervisor is killed, and comes back after a loss of power", async () => {
    const client = await connectTls(PORT, { host: host.address });
    await host.sh("systemctl kill --kill-who=main --signal=SIGKILL tls-offload");
    await speaks(client);
    await host.powerOff();
    await host.powerOn();
    await until("it serves again", async () => {
      const again = await connectTls(PORT, { host: host.address });
      await speaks(again);
      return true;
    });
  });

  it("is taken away by a person on the host, as its provider would, and again without complaint", async () => {
    const { command, root, stateDir, unitFile, user } = HOST_LAYOUT;
    const copy = "/root/agent.cjs";
    await host.sh(`cp ${HOST_LAYOUT.current}/agent.cjs ${copy}`);
    for (const uninstall of [command, `${NODE} ${copy}`]) {
      const { stdout } = await host.run(`${uninstall} uninstall`, LIMITS.hostInstallSeconds);
      expect(JSON.parse(stdout)).toEqual({ ok: true, state: "removed" });
    }
    for (const path of [command, root, stateDir, unitFile, `${unitFile}.d`]) {
      expect((await host.run(`test -e ${path}`)).status, path).toBe(1);
    }
    expect((await host.run(`getent passwd ${user}`)).status).not.toBe(0);
    expect((await host.run("ss --no-header --listening --tcp 'sport = 443'")).stdout).toBe("");
  });
});
