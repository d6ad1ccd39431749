import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLogger, toFile } from "../../../../proxy-agent/process/log";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

it("never fills the disk: one file of bounded size and one older one", () => {
  const file = join(directory, "logs", "control.log");
  const log = createLogger("control", toFile(file, 1_000));
  for (let count = 0; count < 100; count += 1) {
    log.info("something happened", { count });
  }
  expect(readdirSync(join(directory, "logs")).sort()).toEqual(["control.log", "control.log.1"]);
  expect(statSync(file).size).toBeLessThanOrEqual(1_000);
  expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(1_000);
  const last = readFileSync(file, "utf8").trimEnd().split("\n").at(-1) ?? "";
  expect(JSON.parse(last)).toMatchObject({ role: "control", message: "something happened", count: 99 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("goes on in the same file after a restart", () => {
  const file = join(directory, "control.log");
  createLogger("control", toFile(file)).info("first");
  createLogger("control", toFile(file)).info("second");
  expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(2);
});

it("neither throws nor writes elsewhere while it cannot begin a new file, and goes on when it can", () => {
  const file = join(directory, "control.log");
  const log = createLogger("control", toFile(file, 500));
  mkdirSync(join(`${file}.1`, "in-the-way"), { recursive: true });
  const fill = (): void => {
    for (let count = 0; count < 10; count += 1) log.info("something happened", { count });
  };
  fill();
  const other = join(directory, "other");
  const descriptor = openSync(other, "w");
  fill();
  closeSync(descriptor);
  expect(statSync(other).size).toBe(0);
  expect(statSync(file).size).toBeLessThanOrEqual(500);
  rmSync(`${file}.1`, { recursive: true });
  log.info("mended");
  expect(readFileSync(file, "utf8")).toContain("mended");
});

it("begins anew when somebody deleted the file, and costs nothing where there is no disk", () => {
  const file = join(directory, "control.log");
  const log = createLogger("control", toFile(file, 500));
  log.info("first");
  rmSync(file);
  for (let count = 0; count < 10; count += 1) log.info("something happened", { count });
  expect(readFileSync(file, "utf8")).toContain("something happened");
  createLogger("control", toFile(join(file, "logs", "control.log"))).info("lost");
});

it("never writes a private key, even one that got into a message", () => {
  const lines: string[] = [];
  createLogger("control", (line) => lines.push(line)).error(
    "cannot read -----BEGIN EC PRIVATE KEY-----\nMHcsecret\n-----END EC PRIVATE KEY-----",
    { detail: "-----BEGIN PRIVATE KEY-----\nMIIsecret" },
  );
  expect(lines.join("")).not.toContain("secret");
});
