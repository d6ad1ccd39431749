import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { connects } from "../support/connects";
import { freePort } from "../support/free-port";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { endProcessesNaming, onCleanup, temporaryDirectory } from "../support/workspace";

const run = promisify(execFile);
const WORKSPACE = resolve(__dirname, "..", "..");
const MAXIMUM_OUTPUT_BYTES = 16 * 1024 * 1024;

describeUnless(pulumiMissing(), "the two commands in a fresh clone", () => {
  let clone: string;
  let ports: { listenerPort: number; dnsPort: number };
  beforeAll(async () => {
    clone = join(temporaryDirectory("clone"), "pulumi-tls-offload");
    await run("git", ["clone", "--quiet", WORKSPACE, clone]);
    onCleanup(async () => {
      if (existsSync(join(clone, ".demo"))) await npm("stop");
    });
    ports = { listenerPort: await freePort(), dnsPort: await freePort() };
  });

  const npm = async (...args: string[]): Promise<string> => {
    const done = await run("npm", args, { cwd: clone, maxBuffer: MAXIMUM_OUTPUT_BYTES });
    return done.stdout + done.stderr;
  };

  it("`npm start` sets all up, both servers answer, and the service goes on running", async () => {
    for (const [key, port] of Object.entries(ports)) {
      await npm("run", "pulumi", "--", "config", "set", key, String(port));
    }
    const output = await npm("start");
    expect(output).toMatch(/20 visits\s+ECS01 \d+ times, ECS02 \d+ times/);
    expect(output).toMatch(/www\.example\.test +CNAME +\S+/);
    expect(await connects(ports.listenerPort)).toBe(true);
  });

  it("a second `npm start` changes nothing and says so", async () => {
    const output = await npm("start");
    expect(output).toMatch(/Nothing to change/);
    expect(output).not.toMatch(/Install dependencies|Build provider/);
  });

  it("when all its processes are gone, as after a restart of the machine, the next `npm start` has everything serving again", async () => {
    await endProcessesNaming(join(clone, ".demo"));
    expect(await connects(ports.listenerPort)).toBe(false);
    expect(await npm("start")).toMatch(/20 visits\s+ECS01 \d+ times, ECS02 \d+ times/);
  });

  it("`npm run pulumi -- preview --diff` works on the demo's stack", async () => {
    const output = await npm("run", "pulumi", "--", "preview", "--diff", "--expect-no-changes");
    expect(output).toMatch(/unchanged/);
  });

  it("`npm stop` leaves no process, port or file", async () => {
    await npm("stop");
    expect(existsSync(join(clone, ".demo"))).toBe(false);
    expect((await run("git", ["status", "--porcelain"], { cwd: clone })).stdout).toBe("");
    expect(await connects(ports.listenerPort)).toBe(false);
    expect(await connects(ports.dnsPort)).toBe(false);
    expect(processesNaming(join(clone, ".demo"))).toEqual([]);
  });
});

function processesNaming(text: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}
