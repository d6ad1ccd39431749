import { writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { TestCase, TestModule, TestSuite } from "vitest/node";
import type { VitestReport } from "./report";

const REASON_CHARACTERS = 2_000;

/** Tells the runner what passed, failed and was skipped, with the reason that `context.skip(reason)` was given. */
export default class RunnerReporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env["TLS_OFFLOAD_TEST_REPORT"];
    if (file === undefined) throw new Error("TLS_OFFLOAD_TEST_REPORT does not name a file");
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const brokenFiles = modules.filter((module) => module.errors().length > 0);
    const brokenSuites = modules
      .flatMap((module) => [...module.children.allSuites()])
      .filter((suite) => suite.errors().length > 0)
      .map(
        (suite) =>
          `${pathOf(suite.module)} > ${suite.fullName} (its set-up or clean-up)${reasonsOf(suite.errors())}`,
      );
    const report: VitestReport = {
      passed: inState("passed").length,
      failures: [
        ...inState("failed").map((test) => `${nameOf(test)}${reasonsOf(test.result().errors ?? [])}`),
        ...brokenSuites,
        ...brokenFiles.map((module) => `${pathOf(module)} (the file itself)${reasonsOf(module.errors())}`),
      ],
      skipped: inState("skipped").map((test) => ({ name: nameOf(test), reason: reasonOf(test) })),
    };
    writeFileSync(file, JSON.stringify(report));
  }
}

function nameOf(test: TestCase): string {
  return `${pathOf(test.module)} > ${test.fullName}`;
}

function pathOf(module: TestModule): string {
  return module.relativeModuleId;
}

/** What was wrong, short: the end of a long log is often all that is left of it. */
function reasonsOf(errors: readonly { readonly message: string; readonly diff?: string }[]): string {
  return errors
    .flatMap(({ message, diff }) => [message, diff ?? ""])
    .map((text) => stripVTControlCharacters(text).trim())
    .filter((text) => text !== "")
    .map((text) => `\n    ${text.slice(0, REASON_CHARACTERS).replaceAll("\n", "\n    ")}`)
    .join("");
}

/** The reason is what `context.skip` was given, or stands in brackets in the name of the skipped suite. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  const bracketed = /\[([^\]]+)\]/.exec(test.fullName)?.[1];
  return note ?? bracketed ?? (hasBrokenSetUp(test.parent) ? "its set-up failed" : "no reason given");
}

function hasBrokenSetUp(suite: TestSuite | TestModule): boolean {
  return suite.errors().length > 0 || (suite.type === "suite" && hasBrokenSetUp(suite.parent));
}
