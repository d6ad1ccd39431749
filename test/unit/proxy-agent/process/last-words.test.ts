import { closeSync, mkdtempSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLastWords } from "../../../../proxy-agent/process/last-words";

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "last-words-"));
});
afterEach(() => {
  rmSync(stateDir, { recursive: true });
});

function die(words: string): void {
  const descriptor = openLastWords("control", stateDir) ?? -1;
  writeSync(descriptor, words);
  closeSync(descriptor);
}

const logged = (name: string): string => readFileSync(join(stateDir, "logs", name), "utf8");

it("why a role died can still be read while it is being started again, silently or not", () => {
  die("Error: no memory");
  die("");
  expect(logged("control.stderr")).toBe("");
  expect(logged("control.stderr.1")).toBe("Error: no memory");
  die("Error: no disk");
  die("");
  expect(logged("control.stderr.1")).toBe("Error: no disk");
});
