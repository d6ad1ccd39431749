import { spawn } from "node:child_process";
import {
  copyFileSync,
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { livingPid } from "../../../proxy-agent/process/pid-record";
import { ROLES, type Role } from "../../../proxy-agent/process/role-lock";
import { MiniEngine } from "../../support/engine";
import { until } from "../../support/until";
import { endProcessesNaming, onCleanup } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const HOST = "edge-a";
const BIND = "127.0.0.21";

describe("an agent that died", () => {
  let site: FleetSite;
  beforeAll(async () => {
    site = await FleetSite.start({ [HOST]: { bind: BIND } });
    await site.engine.up(site.program());
  });

  it("is started again by the next change, with all that it served", async () => {
    killAgent(site);
    await until("nobody is served", () =>
      site.fingerprintAt(BIND).then(
        () => false,
        () => true,
      ),
    );
    await site.engine.up(site.program(await site.renewed()));
    expect(await site.fingerprintAt(BIND)).toMatch(/^[0-9a-f]{64}$/);
    await site.engine.up(site.program());
  });

  it("does not fail a refresh, is reported, and is started again by the `up` that follows", async () => {
    killAgent(site);
    const { logs } = await site.engine.refresh();
    expect(logs.map(({ message }) => message).join("\n")).toContain("does not answer");
    const { changes } = await site.engine.up(site.program());
    expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(["update web"]);
    expect(await site.fingerprintAt(BIND)).toMatch(/^[0-9a-f]{64}$/);
    expect((await site.engine.preview(site.program(), { refresh: true })).changes).toEqual([]);
  });

  it("only in its supervisor is reported by a refresh, and supervised again by the `up` that follows", async () => {
    const control = pidOf(site, "control");
    signal(site, "supervise", "SIGKILL");
    await until("the supervisor is gone", () => pidOf(site, "supervise") === undefined);
    const { logs } = await site.engine.refresh();
    expect(logs.map(({ message }) => message).join("\n")).toContain("supervisor is gone");
    const { changes } = await site.engine.up(site.program());
    expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(["update web"]);
    expect(pidOf(site, "control")).toBe(control);
    signal(site, "control", "SIGKILL");
    await until("control runs again", () => ![undefined, control].includes(pidOf(site, "control")));
  });

  it("together with its directory is made anew by `up --refresh`", async () => {
    await endProcessesNaming(site.stateDir(HOST));
    rmSync(site.stateDir(HOST), { recursive: true });
    await site.engine.up(site.program(), { refresh: true });
    expect(await site.fingerprintAt(BIND)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("gives way to a new one when only its directory was removed, and leaves with a destroy all the same", async () => {
    for (const operation of ["up", "destroy"] as const) {
      const pids = ROLES.map((role) => pidOf(site, role));
      expect(pids).not.toContain(undefined);
      rmSync(site.stateDir(HOST), { recursive: true });
      if (operation === "destroy") await site.engine.destroy();
      else await site.engine.up(site.program(), { refresh: true });
      expect(pids.filter((pid) => existsSync(`/proc/${pid ?? 0}/exe`))).toEqual([]);
    }
    expect(existsSync(site.stateDir(HOST))).toBe(false);
    await site.engine.up(site.program());
    expect(await site.fingerprintAt(BIND)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("in the middle of a destroy does not hold it up", async () => {
    killAgent(site);
    await site.engine.destroy();
    expect(existsSync(site.stateDir(HOST))).toBe(false);
  });
});

describe("an agent that outlives the provider", () => {
  it("keeps none of the deployer's secrets in its environment, and the mark by which tests end it", async () => {
    const secret = "of nobody's business";
    const mark = { TLS_OFFLOAD_TEST_RUN: process.env["TLS_OFFLOAD_TEST_RUN"] ?? "none" };
    const secrets = { OFFLOAD_SSH_PASSWORD: secret, PULUMI_CONFIG_PASSPHRASE: secret, CLOUD_TOKEN: secret };
    const site = await FleetSite.start({ [HOST]: { bind: BIND } }, { ...secrets, ...mark });
    await site.engine.up(site.program());
    const environments = processesOf(site).map((pid) => read(`/proc/${pid}/environ`).split("\0"));
    // The four roles, and a worker a core.
    expect(environments.length).toBeGreaterThan(ROLES.length);
    for (const environment of environments) {
      // Names only in what a failure shows: all else is the environment of whoever runs the tests.
      const leaked = environment.filter((variable) => variable.includes(secret));
      expect(leaked.map((variable) => variable.split("=")[0])).toEqual([]);
      expect(environment.includes(`TLS_OFFLOAD_TEST_RUN=${mark.TLS_OFFLOAD_TEST_RUN}`)).toBe(true);
    }
    await site.engine.destroy();
  });
});

describe("an agent of another build", () => {
  it("gives way to the provider's own while the data plane goes on", async () => {
    const site = await FleetSite.start({ [HOST]: { bind: BIND } });
    const stateDir = site.stateDir(HOST);
    startOtherBuild(stateDir);
    await until("the other build runs", () => ROLES.every((role) => pidOf(site, role) !== undefined));
    const [control, dataPlane] = [pidOf(site, "control"), pidOf(site, "data-plane")];
    await site.engine.up(site.program());
    expect(pidOf(site, "control")).not.toBe(control);
    expect(pidOf(site, "data-plane")).toBe(dataPlane);
    await site.engine.destroy();
  });

  it("that the state tells of is an update of the load balancer alone, announced by the preview", async () => {
    const site = await FleetSite.start({ [HOST]: { bind: BIND } });
    await site.engine.up(site.program());
    const snapshot = JSON.stringify(site.engine.snapshot);
    site.engine.snapshot = JSON.parse(
      snapshot.replace(/"bundleSha256":"[0-9a-f]{64}"/, `"bundleSha256":"${"0".repeat(64)}"`),
    ) as typeof site.engine.snapshot;
    const { changes, logs } = await site.engine.preview(site.program());
    expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(["update web"]);
    expect(logs.map(({ message }) => message).join("\n")).toContain("connections go on");
    await site.engine.destroy();
  });
});

describe("a host that hangs", () => {
  it("fails a delete with the way out, and OFFLOAD_RELEASE_HOSTS takes it", async () => {
    const site = await FleetSite.start({ [HOST]: { bind: BIND } });
    await site.engine.up(site.program());
    for (const role of ["supervise", "control"] as const) signal(site, role, "SIGSTOP");
    const failure = await site.engine.destroy().then(() => "it succeeded", String);
    expect(failure).toContain("DELETE_UNREACHABLE");
    expect(failure).toContain(`OFFLOAD_RELEASE_HOSTS=${HOST}`);
    const released = new MiniEngine({ env: { OFFLOAD_RELEASE_HOSTS: HOST } });
    onCleanup(() => released.stop());
    released.snapshot = site.engine.snapshot;
    await released.destroy();
    expect(released.snapshot.resources).toEqual([]);
    for (const role of ["supervise", "control"] as const) signal(site, role, "SIGCONT");
  });
});

/** All of them: workers, too, run from its state directory. */
function processesOf(site: FleetSite): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => read(`/proc/${pid}/cmdline`).includes(site.stateDir(HOST)));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function pidOf(site: FleetSite, role: Role): number | undefined {
  return livingPid(site.stateDir(HOST), role);
}

/** The supervisor first, or it would start the others again. */
function killAgent(site: FleetSite): void {
  for (const role of ROLES) signal(site, role, "SIGKILL");
}

function signal(site: FleetSite, role: Role, name: NodeJS.Signals): void {
  const pid = pidOf(site, role);
  if (pid !== undefined) process.kill(pid, name);
}

function startOtherBuild(stateDir: string): void {
  mkdirSync(stateDir, { recursive: true });
  const bundle = join(stateDir, "..", "other-build.cjs");
  copyFileSync(createRequire(__filename).resolve("tls-offload-agent/bundle"), bundle);
  appendFileSync(bundle, "\n// another build\n");
  spawn(process.execPath, [bundle, "supervise", "--state-dir", stateDir], {
    detached: true,
    stdio: "ignore",
  }).unref();
}
