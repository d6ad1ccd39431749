import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureFile, ensureLink } from "../../../../proxy-agent/host/files";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("a file of an installation", () => {
  it("is written with the mode that it shall have, whatever the login's umask", () => {
    const before = process.umask(0o077);
    ensureFile(join(folder, "a"), "text", 0o755);
    process.umask(before);
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o755);
  });

  it("is left alone when it is as it shall be", () => {
    ensureFile(join(folder, "a"), "text", 0o644);
    expect(ensureFile(join(folder, "a"), "text", 0o644)).toBeUndefined();
  });

  it("is as it was before when the installation is taken back", async () => {
    writeFileSync(join(folder, "a"), "mine");
    await ensureFile(join(folder, "a"), "text", 0o644)?.();
    await ensureFile(join(folder, "b"), "text", 0o644)?.();
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("mine");
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});

describe("a file that cannot be put in its place", () => {
  it("leaves no half of it behind", () => {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    expect(() => ensureFile(join(folder, "a"), "text", 0o644)).toThrow();
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});

describe("a link of an installation", () => {
  it("leads to the new place, and to the old one when that is taken back", async () => {
    const link = join(folder, "current");
    expect(ensureLink(link, "/one")).toBeDefined();
    expect(ensureLink(link, "/one")).toBeUndefined();
    const undo = ensureLink(link, "/two");
    expect(readlinkSync(link)).toBe("/two");
    await undo?.();
    expect(readlinkSync(link)).toBe("/one");
    expect(readdirSync(folder)).toEqual(["current"]);
  });
});
