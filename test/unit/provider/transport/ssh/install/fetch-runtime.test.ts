import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchRuntime } from "../../../../../../provider/transport/ssh/install/fetch-runtime";
import type { Runtime } from "../../../../../../provider/transport/ssh/install/node";
import { temporaryDirectory } from "../../../../../support/workspace";

const CONTENT = "as npm packs it\n";
const NOTHING = (): void => undefined;

describe("the Node runtime that is brought to hosts", () => {
  let directory: string;
  beforeEach(() => {
    directory = temporaryDirectory("runtime");
    vi.stubEnv("PATH", `${directory}:${process.env["PATH"] ?? ""}`);
    vi.stubEnv("XDG_CACHE_HOME", join(directory, "cache"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("is fetched once, however many hosts want it at once, and never again", async () => {
    npmIs(`echo fetched >>${directory}/calls; printf '%s' '${CONTENT}' >"$4/$(echo "$2" | tr @ -).tgz"`);
    const runtime = runtimeOf("once");
    const contents = await Promise.all([1, 2, 3].map(() => fetchRuntime(runtime, NOTHING)));
    expect(contents.map(String)).toEqual([CONTENT, CONTENT, CONTENT]);
    expect(readFileSync(join(directory, "calls"), "utf8")).toBe("fetched\n");
    expect(readdirSync(join(directory, "cache/pulumi-tls-offload"))).toEqual(["once-1.0.0.tgz"]);
  });

  it("is fetched by a program that gets no login and no passphrase", async () => {
    vi.stubEnv("OFFLOAD_SSH_PASSWORD", "hunter2");
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "hunter2");
    npmIs(`env >${directory}/environment; printf '%s' '${CONTENT}' >"$4/bare-1.0.0.tgz"`);
    await fetchRuntime(runtimeOf("bare"), NOTHING);
    expect(readFileSync(join(directory, "environment"), "utf8")).not.toContain("hunter2");
  });

  it("is fetched anew when the one in the cache is damaged", async () => {
    npmIs(`printf '%s' '${CONTENT}' >"$4/damaged-1.0.0.tgz"`);
    const cache = join(directory, "cache/pulumi-tls-offload");
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, "damaged-1.0.0.tgz"), "half of i");
    expect(String(await fetchRuntime(runtimeOf("damaged"), NOTHING))).toBe(CONTENT);
    expect(readFileSync(join(cache, "damaged-1.0.0.tgz"), "utf8")).toBe(CONTENT);
  });

  it("is not taken from a registry that has something else under its name", async () => {
    npmIs(`echo other >"$4/forged-1.0.0.tgz"`);
    await expect(fetchRuntime(runtimeOf("forged"), NOTHING)).rejects.toThrow(
      /^forged@1\.0\.0, to be brought to hosts .* its integrity is sha512-.*\(NODE_NOT_FETCHED\)$/,
    );
    expect(readdirSync(join(directory, "cache/pulumi-tls-offload"))).toEqual([]);
  });

  it("can be fetched by the next try after one that failed", async () => {
    npmIs("echo 'npm error ENOTFOUND registry' >&2; exit 1");
    await expect(fetchRuntime(runtimeOf("later"), NOTHING)).rejects.toThrow("npm error ENOTFOUND registry");
    npmIs(`printf '%s' '${CONTENT}' >"$4/later-1.0.0.tgz"`);
    expect(String(await fetchRuntime(runtimeOf("later"), NOTHING))).toBe(CONTENT);
    expect(existsSync(join(directory, "cache/pulumi-tls-offload/later-1.0.0.tgz"))).toBe(true);
  });

  function npmIs(script: string): void {
    writeFileSync(join(directory, "npm"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, "npm"), 0o755);
  }
});

function runtimeOf(name: string): Runtime {
  const integrity = `sha512-${createHash("sha512").update(CONTENT).digest("base64")}`;
  return { name, version: "1.0.0", integrity, folder: "/nowhere" };
}
