// What `npm start`, `npm stop` and `npm run pulumi -- ...` do once everything is set up (scripts/bootstrap.mjs).
import { DemoError } from "./demo-error";
import { ensureStack, runPulumi } from "./stack";
import { start } from "./start";
import { stop } from "./stop";

async function main([verb, ...args]: readonly string[]): Promise<number> {
  if (verb === "start") return start();
  if (verb === "stop") return stop();
  if (verb !== "pulumi")
    throw new DemoError("Run this through `npm start`, `npm stop` or `npm run pulumi -- ...`");
  ensureStack();
  return runPulumi(args);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const text =
      error instanceof DemoError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`\n${text ?? ""}\n`);
    process.exitCode = 1;
  },
);
