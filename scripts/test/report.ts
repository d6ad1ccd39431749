import { existsSync, readFileSync } from "node:fs";
import type { SkippedTest, StageResult } from "./stages";

/** What the vitest reporter writes for the runner. */
export interface VitestReport {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skipped: readonly SkippedTest[];
}

/** A run that ends badly without a failed test (a crash, an unhandled rejection) counts as one failure. */
export function reportOf(file: string, exitCode: number): Omit<StageResult, "stage" | "seconds"> {
  if (!existsSync(file)) {
    return {
      passed: 0,
      failed: 1,
      skipped: [],
      failures: [`vitest ended with code ${exitCode} without a report`],
    };
  }
  const { passed, failures, skipped } = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  const all =
    exitCode !== 0 && failures.length === 0
      ? [`vitest ended with code ${exitCode}, though no test failed: see its output above`]
      : failures;
  return { passed, failed: all.length, skipped, failures: all };
}
