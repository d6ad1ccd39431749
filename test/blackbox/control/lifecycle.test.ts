import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Duplex } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { API } from "../../../proxy-agent/contract";
import { callOver } from "../../../proxy-agent/http/client";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, echo } from "../../support/backends";
import { connects } from "../../support/connects";
import { freePort } from "../../support/free-port";
import { connectTls, readBytes } from "../../support/tls-client";
import { until } from "../../support/until";
import { trackProcess } from "../../support/workspace";
import { certificate, change, group, listener, loadBalancer, QUICK_CHECK } from "./objects";

const BUNDLE = resolve("proxy-agent/dist/agent.cjs");

let agent: TestAgent;
let backend: Backend;
let port: number;
/** In the environment of every worker of this agent. */
let mark: string;

beforeAll(async () => {
  agent = await TestAgent.start();
  backend = await Backend.start(echo);
  port = await freePort();
  const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const deadPort = await freePort();
  const servers = group([backend.port, deadPort], { healthCheck: QUICK_CHECK });
  await agent.call("change", change([loadBalancer(), certificate(issued), servers, listener(port)]));
  mark = await until("a worker has its mark", () => {
    const workerPid = /"workerPid":(\d+)/.exec(agent.logs())?.[1] ?? "";
    return /TLS_OFFLOAD_INSTANCE=[0-9a-f]+/.exec(readProc(workerPid, "environ"))?.[0];
  });
});

/** Processes of this agent, workers included: all have its mark or its state directory. */
function processes(): string[] {
  return readdirSync("/proc").filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      pid !== String(process.pid) &&
      ((readProc(pid, "cmdline").includes(agent.stateDir) &&
        readProc(pid, "cmdline").includes("agent.cjs")) ||
        readProc(pid, "environ").includes(mark)) &&
      !readProc(pid, "cmdline").startsWith("sh\0"),
  );
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(join("/proc", pid, file), "utf8");
  } catch {
    return "";
  }
}

describe("an agent that runs", () => {
  it("knows within its thresholds which servers are dead", async () => {
    const { servers } = await until("both servers are known", async () => {
      const observed = await agent.call("observed", {});
      return observed.servers.every(({ health }) => health !== "unknown") && observed;
    });
    expect(servers).toMatchObject([
      { serverId: "ECS01", health: "healthy", everHealthy: true },
      { serverId: "ECS02", health: "unhealthy", everHealthy: false, detail: "ECONNREFUSED" },
    ]);
  });

  it("sends no client to a dead server", async () => {
    for (let count = 0; count < 10; count += 1) {
      const client = await connectTls(port);
      client.write("hello");
      expect((await readBytes(client, 5)).toString()).toBe("hello");
      client.destroy();
    }
  });

  it("tells a person on the host what is served", () => {
    const status = agent.run("status");
    expect(status).toContain(`listener       demo-dev-web/listener/${port} on 127.0.0.1:${port}`);
    expect(status).toMatch(/ECS02 .*: unhealthy \(ECONNREFUSED\)/);
    expect(execFileSync(process.execPath, [BUNDLE, "version"], { encoding: "utf8" })).toBe("0.1.0\n");
  });

  it("tells Prometheus the same", async () => {
    const text = await agent.metrics();
    expect(text).toContain("tls_offload_generation 1\n");
    expect(text).toMatch(/tls_offload_server_healthy\{[^}]*server="ECS01"[^}]*\} 1\n/);
    expect(text).toMatch(/tls_offload_server_healthy\{[^}]*server="ECS02"[^}]*\} 0\n/);
    expect(text).toMatch(/tls_offload_data_plane_\w+ \d+\n/);
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? -?[\d.e+]+)$/);
    }
  });

  it("is reached through standard input and output, as over SSH", async () => {
    const dial = (): Duplex => {
      const child = spawn(process.execPath, [BUNDLE, "dial-stdio", "--state-dir", agent.stateDir], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      trackProcess(child);
      return Duplex.from({ writable: child.stdin, readable: child.stdout });
    };
    const facts = await callOver(dial, "logs", { table: API, name: "facts", request: {} });
    expect(facts).toMatchObject({ loadBalancerId: "demo-dev-web", agentVersion: "0.1.0" });
  });

  it("has one supervisor: a second one ends by itself and disturbs nothing", () => {
    const before = agent.pid("supervise");
    agent.run("supervise");
    expect(agent.pid("supervise")).toBe(before);
  });

  it("keeps its traffic through an upgrade of everything but the data plane", async () => {
    const client = await connectTls(port);
    const dataPlane = agent.pid("data-plane");
    agent.run("stop", "--keep-data-plane");
    expect([agent.pid("supervise"), agent.pid("control"), agent.pid("dns")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    client.write("hello");
    expect((await readBytes(client, 5)).toString()).toBe("hello");
    await agent.restart();
    expect(agent.pid("data-plane")).toBe(dataPlane);
    client.destroy();
  });

  it("leaves no process and no port when it is stopped, even with live connections", async () => {
    const client = await connectTls(port);
    expect(processes().length).toBeGreaterThanOrEqual(5);
    await agent.stop();
    expect(processes()).toEqual([]);
    expect(await connects(port)).toBe(false);
    client.destroy();
    await agent.restart();
    await until("it serves again what it served", () => connects(port));
    await agent.kill("supervise");
    agent.run("stop");
    expect(processes()).toEqual([]);
  });

  it("leaves no process when it is stopped while it starts", async () => {
    const supervisor = spawn(process.execPath, [BUNDLE, "supervise", "--state-dir", agent.stateDir], {
      detached: true,
      stdio: "ignore",
    });
    await until("the supervisor has its role", () => agent.pid("supervise") === supervisor.pid);
    agent.run("stop");
    const started = agent.logs().matchAll(/"message":"started","what":"[a-z-]+","pid":(\d+)/g);
    const living = [...started].filter(([, pid = ""]) => readProc(pid, "cmdline").includes(agent.stateDir));
    expect(living).toEqual([]);
    expect(processes()).toEqual([]);
  });
});
