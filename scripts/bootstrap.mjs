// The door to everything: `npm start`, `npm stop`, `npm run pulumi -- ...`, `npm test`. Plain JavaScript without
// dependencies, because it runs before anything is installed. Can be run again at any time, also twice at once.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./setup/command.mjs";
import { exclusively } from "./setup/lock.mjs";
import { checkPlatform } from "./setup/platform.mjs";
import { ROOT } from "./setup/paths.mjs";
import { getPulumi } from "./pulumi-cli/get.mjs";
import { build, installDependencies } from "./setup/workspace.mjs";

const USAGE = "Usage: npm start | npm stop | npm run pulumi -- <arguments> | npm test | npm run test:long";

const VERBS = {
  start: () => runNode(["scripts/dist/demo/main.js", "start"]),
  stop: () => runNode(["scripts/dist/demo/main.js", "stop"]),
  pulumi: (args) => runNode(["scripts/dist/demo/main.js", "pulumi", ...args]),
  test: (args) => runNode(["scripts/dist/test/main.js", ...args]),
};

/** These own the demo until they end; the others only its set-up. */
const ONE_AT_A_TIME = new Set(["start", "stop"]);

async function main([verb = "", ...args]) {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) throw new SetupError(USAGE);
  checkPlatform(process.platform, process.versions.node);
  if (verb === "stop" && !wasEverSetUp()) return say("There is no demo to stop.");
  const onWait = sayOnce("Waiting for another one at work in this working copy ...");
  const setUp = async () => {
    await installDependencies();
    await build();
    process.env.TLS_OFFLOAD_PULUMI_BIN = await getPulumi();
  };
  if (ONE_AT_A_TIME.has(verb)) {
    process.exitCode = await exclusively(ROOT, { onWait }, () => setUp().then(() => run(args)));
  } else {
    await exclusively(ROOT, { onWait }, setUp);
    process.exitCode = await run(args);
  }
}

function wasEverSetUp() {
  return [".demo", "scripts/dist/demo/main.js"].some((path) => existsSync(join(ROOT, path)));
}

/** Ctrl-C reaches the child as well, through the terminal; it decides when to end, and this waits for it. */
function runNode(args) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function sayOnce(text) {
  let said = false;
  return () => {
    if (!said) say(text);
    said = true;
  };
}

function say(text) {
  process.stderr.write(`  ${text}\n`);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`\n${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
