import type { StageResult } from "./stages";

/** Failures and skips by name, a line a stage, and the totals alone on the last line. */
export function summaryOf(results: readonly StageResult[], interrupted: boolean, elapsed: string): string {
  const sum = (count: (result: StageResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return [
    "",
    ...results.map(
      ({ stage, passed, failed, skipped, seconds }) =>
        `${stage.padEnd(16)} ${passed} passed, ${failed} failed, ${skipped.length} skipped, ${seconds.toFixed(1)} s`,
    ),
    ...results.flatMap(({ stage, failures }) => failures.map((failure) => `FAILED ${stage}: ${failure}`)),
    ...results.flatMap(({ stage, skipped }) =>
      skipped.map(({ name, reason }) => `SKIPPED ${stage}: ${name}: ${reason}`),
    ),
    interrupted ? `interrupted after ${elapsed}` : `all stages took ${elapsed}`,
    `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed, ${sum(({ skipped }) => skipped.length)} skipped`,
  ].join("\n");
}

/** Time since `started` (performance.now()): "1 min 05 s". */
export function clock(started: number): string {
  const seconds = Math.round((performance.now() - started) / 1_000);
  const rest = seconds % 60;
  return seconds < 60 ? `${seconds} s` : `${(seconds - rest) / 60} min ${String(rest).padStart(2, "0")} s`;
}
