import { expect, test } from "vitest";
import { ERRORS } from "tls-offload-agent/contract";
import { linesMatching, read, SOURCES } from "./checkout";

const LONGEST_FILE = 300;
const THIS_FOLDER = "test/unit/tidy/";

const others = SOURCES.filter((path) => !path.startsWith(THIS_FOLDER));

test("no source file is longer than one can keep in mind", () => {
  const tooLong = SOURCES.filter((path) => read(path).trimEnd().split("\n").length > LONGEST_FILE);
  expect(tooLong).toEqual([]);
});

test("nothing is left to do without an issue that says so", () => {
  const notes = linesMatching(/\b(TODO|FIXME|XXX)\b/, others);
  expect(notes.filter((line) => !/\(#\d+\)/.test(line))).toEqual([]);
});

test("no test keeps the others from running", () => {
  expect(linesMatching(/\b(describe|test|it)\.only\b/, others)).toEqual([]);
});

test("no test is skipped without a reason that the runner can show", () => {
  const tests = others.filter((path) => path.endsWith(".test.ts"));
  expect(linesMatching(/\b(describe|test|it)\.(skip|skipIf|runIf|todo)\b/, tests)).toEqual([]);
});

test("no lint or type rule is switched off", () => {
  expect(linesMatching(/eslint-disable|@ts-(ignore|expect-error|nocheck)/, others)).toEqual([]);
});

test("every error code can really be met", () => {
  const used = others
    .filter((path) => /^(provider|proxy-agent|scripts)\//.test(path) && !path.includes("contract/errors/"))
    .map(read)
    .join("\n");
  expect(Object.keys(ERRORS).filter((code) => !used.includes(`"${code}"`))).toEqual([]);
});
