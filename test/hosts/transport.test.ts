import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import { OffloadError } from "../../proxy-agent/contract";
import { deadlineIn } from "../../provider/fleet/deadline";
import { carriedBundle, type Bundle } from "../../provider/transport/local/bundle";
import { lookForAgent, removeAgent, reviveAgent, type SshAgent } from "../../provider/transport/ssh/agent";
import { connectionSchema } from "../../provider/transport/ssh/connection";
import { fetchRuntime } from "../../provider/transport/ssh/install/fetch-runtime";
import { install, readyInstallation } from "../../provider/transport/ssh/install/install";
import { chooseNode } from "../../provider/transport/ssh/install/node";
import { uploadRuntime } from "../../provider/transport/ssh/install/upload";
import { closeSessions, dials, openSession } from "../../provider/transport/ssh/pool";
import type { RootLogin } from "../../provider/transport/ssh/root";
import { surveyHost } from "../../provider/transport/ssh/survey";
import { change, loadBalancer, LOAD_BALANCER } from "../blackbox/control/objects";
import { hostsMissing, startHosts, type HostUser, type TestHost } from "../support/hosts";
import { describeUnless } from "../support/needs";
import { recordedLog, type RecordedLog } from "../support/ssh/log";
import { until } from "../support/until";
import { temporaryDirectory } from "../support/workspace";
import { installAgent } from "./agent";
import { leavesNoTrace, tracesOf } from "./traces";

type TestAgent = SshAgent & { readonly log: RecordedLog };

// The tests go on from each other: each says what a person does next with the same two hosts.
describeUnless(hostsMissing(), "the agent of a host over SSH", () => {
  let bare: TestHost;
  let withNode: TestHost;
  let before: readonly string[];
  beforeAll(async () => {
    const hosts = await startHosts(["bare"]);
    withNode = await hosts.add("with-node", { node: true });
    bare = hosts.host("bare");
    before = await tracesOf(bare);
  });
  afterEach(() => {
    closeSessions();
  });

  it("is not installed by a login that may not, and it is said what to do", async () => {
    await expect(installAgent(agentOf(withNode, "plain"))).rejects.toThrow(
      "host with-node: installing the agent takes root there, and plain is not root and may not sudo without a password.",
    );
    await expect(installAgent(agentOf(withNode, "limited"))).rejects.toThrow(
      /^host with-node: limited may run nothing there but the agent's own command, and no agent answers it: .*proxy-agent: No such file/,
    );
    await removeAgent(agentOf(withNode, "plain"));
  });

  it("leaves nothing half when the connection is cut while Node is on its way", async () => {
    const outcome = outcomeOf(installAgent(agentOf(bare)));
    await until("the first bytes have arrived", () => bytesArrived(bare) > 0);
    await cut(bare, "root");
    expect(await outcome).toBe("SSH_CONNECTION_LOST");
    await until("what arrived is gone", async () => (await bare.sh("find /opt/tls-offload -type f")) === "");
    expect((await bare.run("systemctl cat tls-offload")).status).not.toBe(0);
  });

  it("is installed where there is no Node, over one connection", async () => {
    const already = dials().get(`${bare.address}:22`) ?? 0;
    const agent = agentOf(bare);
    expect(await lookForAgent(agent)).toBeNull();
    const client = await installAgent(agent);
    const facts = await client.call("facts", {});
    expect(facts).toMatchObject({ bundleSha256: (await carriedBundle()).sha256, nodeVersion: "24.21.0" });
    expect(said(agent)).toMatch(/bringing Node 24\.21\.0 \(53 MB\).*sending agent.*is installed/s);
    expect(dials().get(`${bare.address}:22`)).toBe(already + 1);
  });

  it("is left alone when it is there already", async () => {
    const pid = (await (await installed(bare)).call("facts", {})).pid;
    const agent = agentOf(bare);
    const client = await installAgent(agent);
    expect((await client.call("facts", {})).pid).toBe(pid);
    expect(said(agent)).toBe("");
  });

  it("is started again when it was stopped, but not by somebody who only looks", async () => {
    await bare.sh("systemctl stop tls-offload");
    const looked = await lookForAgent(agentOf(bare));
    await expect(looked?.call("facts", {})).rejects.toThrow("(AGENT_UNREACHABLE)");
    expect((await bare.run("systemctl is-active tls-offload")).stdout.trim()).toBe("inactive");
    const revived = await reviveAgent(agentOf(bare));
    expect((await revived?.call("facts", {}))?.supervised).toBe(true);
  });

  it("is installed anew where somebody removed its unit, its program or its Node; Node only then", async () => {
    const damages = [
      "rm /etc/systemd/system/tls-offload.service && systemctl daemon-reload",
      "rm -r /opt/tls-offload/bundles",
      "systemctl stop tls-offload; rm -r /opt/tls-offload/runtimes",
    ];
    for (const damage of damages) {
      await bare.sh(damage);
      const agent = agentOf(bare);
      const client = await installAgent(agent);
      expect((await client.call("facts", {})).supervised).toBe(true);
      expect(await bare.sh("systemctl is-enabled tls-offload")).toBe("enabled");
      expect(said(agent).includes("bringing Node")).toBe(damage.includes("runtimes"));
    }
  });

  it("is refused to another load balancer, running or not, and not touched", async () => {
    const client = await installed(bare);
    await client.call("change", change([loadBalancer({ bindAddresses: [bare.address], dnsListen: null })]));
    const other = { ...agentOf(bare), loadBalancerId: "other-prod-web" };
    const refusal = `host bare: this host belongs to load balancer ${LOAD_BALANCER}, not to other-prod-web.`;
    await expect(installAgent(other)).rejects.toThrow(refusal);
    await bare.sh("systemctl stop tls-offload");
    await expect(installAgent(other)).rejects.toThrow(refusal);
    expect((await bare.run("systemctl is-active tls-offload")).stdout.trim()).toBe("inactive");
  });

  it("is not taken away by a load balancer that it does not belong to any more", async () => {
    const other = { ...agentOf(bare), loadBalancerId: "other-prod-web" };
    await removeAgent(other);
    expect(said(other)).toBe(`warning: host bare belongs to ${LOAD_BALANCER} now: the agent there stays`);
    expect(await bare.sh("systemctl is-enabled tls-offload")).toBe("enabled");
  });

  it("keeps a Node that works, whoever brings another: an agent may be starting from it", async () => {
    const login = await loginTo(agentOf(bare));
    const { bring } = chooseNode("bare", { ...login.survey, nodes: [] });
    if (bring === null) throw new Error("none is brought");
    const content = await fetchRuntime(bring, () => undefined);
    const file = (): Promise<string> => bare.sh(`stat -c %i ${bring.folder}/bin/node`);
    const before = await file();
    await uploadRuntime(login, bring, content);
    expect(await file()).toBe(before);
    expect(await bare.sh("ls -A /opt/tls-offload")).not.toContain(".incoming");
  });

  it("is taken away without a trace, even damaged, and once more without complaint", async () => {
    await bare.sh("systemctl start tls-offload && rm -r /opt/tls-offload/current /opt/tls-offload/bundles");
    // Root is not led elsewhere by the agent's user, which may write there.
    const document = "/var/lib/tls-offload/document.json";
    await bare.sh(`sed 's/${LOAD_BALANCER}/other-prod-web/g' ${document} > /root/other.json`);
    await bare.sh(`ln -sf /root/other.json ${document}`);
    await removeAgent(agentOf(bare));
    await bare.sh("rm /root/other.json");
    await removeAgent(agentOf(bare));
    expect(await lookForAgent(agentOf(bare))).toBeNull();
    closeSessions();
    await leavesNoTrace(bare, before);
  });

  it("is whole or not there when the connection is cut while it installs itself, and the next up goes on", async () => {
    const outcome = outcomeOf(installAgent(agentOf(withNode, "deploy")));
    await until("it is at it", () => existsSync(withNode.path("/etc/systemd/system/tls-offload.service")));
    await cut(withNode, "deploy");
    expect(await outcome).toBe("SSH_CONNECTION_LOST");
    closeSessions();
    const client = await installAgent(agentOf(withNode, "deploy"));
    expect((await client.call("facts", {})).supervised).toBe(true);
    await removeAgent(agentOf(withNode, "deploy"));
  });

  it("is installed by sudo, on the host's own Node, and brought from another version to this one", async () => {
    const agent = agentOf(withNode, "deploy");
    await installBundle(agent, await otherBundle());
    const client = await installAgent(agent);
    const facts = await client.call("facts", {});
    expect(facts.bundleSha256).toBe((await carriedBundle()).sha256);
    expect(said(agent)).toMatch(/is installed.*is upgraded/s);
    expect(said(agent)).not.toContain("bringing Node");
  });

  it("can be used, but not removed, by a login that is restricted to it", async () => {
    await withNode.sh("usermod --append --groups tls-offload limited");
    const agent = agentOf(withNode, "limited");
    for (const client of [await installAgent(agent), await reviveAgent(agent), await lookForAgent(agent)]) {
      expect((await client?.call("facts", {}))?.supervised).toBe(true);
    }
    expect(said(agent)).toBe("");
    await expect(removeAgent(agent)).rejects.toThrow("host with-node: removing the agent takes root there");
  });

  it("stays as it is, with a warning, when a restricted login meets another version", async () => {
    const other = await otherBundle();
    await installBundle(agentOf(withNode, "deploy"), other);
    const agent = agentOf(withNode, "limited");
    const client = await installAgent(agent);
    expect((await client.call("facts", {})).bundleSha256).toBe(other.sha256);
    expect(said(agent)).toMatch(
      /^warning: host with-node: its agent \(version \S+\) is not this provider's \(\S+\), and limited may not replace it\./,
    );
  });
});

function agentOf(host: TestHost, user: HostUser = "root"): TestAgent {
  const connection = connectionSchema.parse(host.connection(user));
  const log = recordedLog();
  return { host: host.name, loadBalancerId: LOAD_BALANCER, connection, log, deadline: deadlineIn(300) };
}

function installed(host: TestHost): ReturnType<typeof installAgent> {
  return installAgent(agentOf(host));
}

function said({ log }: TestAgent): string {
  return log.lines.join("\n");
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => (error instanceof OffloadError ? String(error.code) : String(error)),
  );
}

/** As when the deployer's machine or the network goes away: the host's end of each connection dies. */
async function cut(host: TestHost, user: HostUser): Promise<void> {
  const sshd = await host.sh(`pgrep -f '^sshd: ${user}@notty'`);
  await host.sh(`kill -KILL ${sshd.replaceAll("\n", " ")}`);
}

function bytesArrived(host: TestHost): number {
  const root = host.path("/opt/tls-offload");
  return readdirSync(root)
    .filter((name) => name.startsWith(".incoming."))
    .map((name) => statSync(join(root, name, "content")).size)
    .reduce((sum, size) => sum + size, 0);
}

/** The same agent in another file: what an upgrade within one version looks like. */
async function otherBundle(): Promise<Bundle> {
  const carried = await carriedBundle();
  const file = join(temporaryDirectory("bundle"), "agent.cjs");
  copyFileSync(carried.file, file);
  appendFileSync(file, "// another\n");
  return { ...carried, file, sha256: createHash("sha256").update(readFileSync(file)).digest("hex") };
}

async function loginTo(agent: TestAgent): Promise<RootLogin> {
  const session = await openSession(agent.host, agent.connection, agent, "known");
  const survey = await surveyHost(session, 30);
  if (survey === null) throw new Error("this login is restricted");
  return { session, survey, deadline: agent.deadline };
}

async function installBundle(agent: TestAgent, bundle: Bundle): Promise<void> {
  const { loadBalancerId, log } = agent;
  await install(await readyInstallation({ login: await loginTo(agent), loadBalancerId, bundle, log }));
}
