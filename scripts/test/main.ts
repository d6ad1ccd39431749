import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installTools } from "./packages";
import { endLeftovers } from "./leftovers";
import { Runner } from "./runner";
import { BENCH, STAGES, type Stage, type StageResult } from "./stages";
import { clock, summaryOf } from "./summary";

const INTERRUPTED = 130;

/**
 * `npm test`: every stage, also after a failure; ends with `N passed, N failed, N skipped`.
 * Arguments: `--long` runs the long variants of the tests (TEST_LONG=1); names of stages run only these.
 * Answers the exit code: 0, 1 when anything failed, 130 when interrupted.
 */
export async function main(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const stages = chosen(args);
  const directory = mkdtempSync(join(tmpdir(), "tls-offload-test-"));
  const runner = new Runner(directory, args.includes("--long"));
  const interrupt = (): void => {
    runner.interrupt();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("SIGHUP", interrupt);
  const results: StageResult[] = [];
  try {
    installTools(say);
    for (const stage of stages) {
      if (runner.interrupted) break;
      say(`\n== ${stage.name} (${clock(started)} so far)`);
      results.push(await runner.run(stage));
      say(lineOf(results.at(-1)));
    }
  } finally {
    results.push(await cleanUp(directory, runner.interrupted));
  }
  say(summaryOf(results, runner.interrupted, clock(started)));
  if (runner.interrupted) return INTERRUPTED;
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
}

function chosen(args: readonly string[]): readonly Stage[] {
  const names = args.filter((argument) => !argument.startsWith("--"));
  const known = [...STAGES, BENCH];
  const unknown = names.filter((name) => !known.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    throw new Error(`no stage ${unknown.join(", ")}; there are ${known.map(({ name }) => name).join(", ")}`);
  }
  return names.length === 0 ? STAGES : known.filter(({ name }) => names.includes(name));
}

function lineOf(result: StageResult | undefined): string {
  if (result === undefined) return "";
  const { stage, passed, failed, skipped, seconds } = result;
  return `== ${stage}: ${passed} passed, ${failed} failed, ${skipped.length} skipped in ${seconds.toFixed(1)} s`;
}

/** A process that outlives its test is a failure of that test, unless it was interrupted. */
async function cleanUp(directory: string, interrupted: boolean): Promise<StageResult> {
  const started = performance.now();
  const leftovers = await endLeftovers(directory);
  rmSync(directory, { recursive: true, force: true });
  const failed = !interrupted && leftovers.length > 0;
  return {
    stage: "no process left",
    passed: failed ? 0 : 1,
    failed: failed ? 1 : 0,
    skipped: [],
    failures: failed ? leftovers.map((process) => `still running after its test: ${process}`) : [],
    seconds: (performance.now() - started) / 1_000,
  };
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}
