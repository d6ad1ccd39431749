import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { reportOf } from "../../../../scripts/test/report";
import { summaryOf } from "../../../../scripts/test/summary";
import { temporaryDirectory } from "../../../support/workspace";

const ROOT = resolve(__dirname, "../../../..");

test("every test is counted once, and each skip is named with its reason", () => {
  const file = join(temporaryDirectory("report"), "report.json");
  const fixture = join(__dirname, "fixture");
  const reporter = join(ROOT, "scripts/test/vitest-reporter.ts");
  const { status } = spawnSync(
    join(ROOT, "node_modules/.bin/vitest"),
    ["run", "--root", fixture, "--config", join(fixture, "vitest.config.mjs"), `--reporter=${reporter}`],
    { env: { ...process.env, TLS_OFFLOAD_TEST_REPORT: file } },
  );
  const report = reportOf(file, status ?? 1);
  expect(report).toEqual({
    passed: 1,
    failed: 3,
    failures: [
      "outcomes.sample.ts > a suite > fails\n" +
        "    expected 1 to be 2 // Object.is equality\n    - Expected\n    + Received\n    \n    - 2\n    + 1",
      "outcomes.sample.ts > a suite that cannot begin (its set-up or clean-up)\n    no set-up",
      "broken.sample.ts (the file itself)\n    this file cannot be loaded",
    ],
    skipped: [
      { name: "outcomes.sample.ts > a suite > lacks a tool", reason: "dig is not installed" },
      { name: "outcomes.sample.ts > a suite > is skipped without a word", reason: "no reason given" },
      {
        name: "outcomes.sample.ts > a suite that needs one [no Pulumi CLI] > is skipped whole",
        reason: "no Pulumi CLI",
      },
      { name: "outcomes.sample.ts > a suite that cannot begin > never runs", reason: "its set-up failed" },
    ],
  });
  const lines = summaryOf([{ stage: "unit", seconds: 1, ...report }], false, "1 s").split("\n");
  expect(lines.at(-1)).toBe("1 passed, 3 failed, 4 skipped");
  expect(lines).toContain("SKIPPED unit: outcomes.sample.ts > a suite > lacks a tool: dig is not installed");
});

test("a test run that crashed is never counted as passed", () => {
  expect(reportOf("/nonexistent", 1)).toMatchObject({ passed: 0, failed: 1 });
});
