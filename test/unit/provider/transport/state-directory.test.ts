import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { copyBundle } from "../../../../provider/transport/local/bundle";
import {
  hasAgent,
  makeStateDirectory,
  removeStateDirectory,
} from "../../../../provider/transport/local/state-directory";
import { isNewer } from "../../../../provider/transport/local/version";
import { temporaryDirectory } from "../../../support/workspace";

describe("the agent's state directory", () => {
  it("is the owner's alone, also where it was there before", async () => {
    const directory = join(temporaryDirectory("state"), "agent");
    mkdirSync(directory, { mode: 0o755 });
    await makeStateDirectory("a", directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it("that cannot be made names the host and the directory", async () => {
    const file = join(temporaryDirectory("state"), "file");
    writeFileSync(file, "");
    await expect(makeStateDirectory("a", join(file, "agent"))).rejects.toThrow(
      /^host a: cannot use .*STATE_DIRECTORY_UNUSABLE/,
    );
  });

  it("loses what the agent put there, and nothing of anybody else's", async () => {
    const directory = temporaryDirectory("state");
    for (const name of ["document.json", "pending.json", "control.sock", "ticket-secret", "notes.txt"])
      writeFileSync(join(directory, name), "");
    mkdirSync(join(directory, "keys"));
    await removeStateDirectory(directory);
    expect(existsSync(join(directory, "notes.txt"))).toBe(true);
    expect(existsSync(join(directory, "document.json"))).toBe(false);
    expect(existsSync(join(directory, "keys"))).toBe(false);
  });

  it("goes away as a whole when nothing else is in it", async () => {
    const directory = join(temporaryDirectory("state"), "agent");
    mkdirSync(directory);
    writeFileSync(join(directory, "document.json"), "");
    await removeStateDirectory(directory);
    expect(existsSync(directory)).toBe(false);
  });
});

describe("the agent's bundle", () => {
  it("is copied whole, by two providers at once, and mended when it is damaged", async () => {
    const directory = temporaryDirectory("bundle");
    const file = join(directory, "carried.cjs");
    const content = "x".repeat(2_000_000);
    writeFileSync(file, content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const bundle = { file, sha256, version: "1.0.0" };
    const copies = await Promise.all([1, 2, 3].map(() => copyBundle(directory, bundle)));
    expect(new Set(copies).size).toBe(1);
    const [copy = ""] = copies;
    expect(readFileSync(copy, "utf8")).toBe(content);
    writeFileSync(copy, "damaged");
    await copyBundle(directory, bundle);
    expect(readFileSync(copy, "utf8")).toBe(content);
    expect(await hasAgent(directory)).toBe(true);
  });
});

describe("an older provider", () => {
  it("does not take an agent for older that is newer, whatever the number of digits", () => {
    expect(isNewer("0.10.0", "0.9.9")).toBe(true);
    expect(isNewer("0.9.9", "0.10.0")).toBe(false);
    expect(isNewer("1.0.0", "1.0.0")).toBe(false);
    expect(isNewer("1.0.0-next", "1.0.0")).toBe(false);
  });
});
