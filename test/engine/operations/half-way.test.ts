import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import * as offload from "pulumi-tls-offload";
import { describe, expect, it } from "vitest";
import { MiniEngine, type Program } from "../../support/engine";
import { onCleanup, temporaryDirectory } from "../../support/workspace";
import { FleetSite } from "./fleet-site";

const HOSTS = { "edge-a": { bind: "127.0.0.41" }, "edge-b": { bind: "127.0.0.42" } };

describe("a load balancer that cannot be created on its second host", () => {
  it("leaves no agent on its first, which no state would know", async () => {
    const directory = temporaryDirectory("half");
    writeFileSync(join(directory, "edge-b"), "a file where a directory is wanted");
    const failure = await failureOf(engineOf().up(twoHosts(directory)));
    expect(failure).toContain("STATE_DIRECTORY_UNUSABLE");
    expect(processesNaming(directory)).toEqual([]);
    expect(existsSync(join(directory, "edge-a"))).toBe(false);
  });

  it("says what is wrong with the directory, and not that the provider failed", async () => {
    const directory = temporaryDirectory("half");
    mkdirSync(join(directory, "edge-b"));
    writeFileSync(join(directory, "edge-b", "bundles"), "a file where a directory is wanted");
    const failure = await failureOf(engineOf().up(twoHosts(directory)));
    expect(failure).toContain("STATE_DIRECTORY_UNUSABLE");
    expect(processesNaming(directory)).toEqual([]);
  });
});

describe("a run that was killed between a change and its saving", () => {
  it("can be followed by a destroy, which takes along what no state knows", async () => {
    const site = await FleetSite.start(HOSTS, {}, { keepProvider: false });
    await expect(site.engine.up(site.program(), { kill: { afterStep: 3 } })).rejects.toThrow();
    const { logs } = await site.engine.destroy();
    expect(textOf(logs)).toContain("no state knows");
    for (const host of Object.keys(HOSTS)) expect(existsSync(site.stateDir(host))).toBe(false);
  });
});

describe("a listener that was taken back", () => {
  it("is only said to be put back once its port is closed again", async () => {
    const site = await FleetSite.start({ "edge-a": { bind: "127.0.0.41", outside: "127.0.0.43" } });
    // Answers on the outside address for ever, as a box in between would.
    const other = createServer((socket) => socket.end()).listen(site.port, "127.0.0.43");
    await once(other, "listening");
    onCleanup(() => void other.close());
    const failure = await failureOf(site.engine.up(site.program()));
    expect(failure).toMatch(/edge-a: put back as it was, which could not be verified .*VERIFY_STILL_ANSWERS/);
  });
});

function twoHosts(directory: string): Program {
  return () => {
    const host = (name: string, address: string): offload.HostArgs => ({
      addresses: [address],
      local: { stateDir: join(directory, name) },
    });
    new offload.LoadBalancer("web", {
      hosts: { "edge-a": host("edge-a", "127.0.0.41"), "edge-b": host("edge-b", "127.0.0.42") },
    });
  };
}

function engineOf(): MiniEngine {
  const engine = new MiniEngine({ keepProvider: true });
  onCleanup(() => engine.stop());
  return engine;
}

function processesNaming(directory: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => commandLineOf(pid))
    .filter((line) => line.includes(directory));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function textOf(logs: readonly { message: string }[]): string {
  return logs.map(({ message }) => message).join("\n");
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
}
