import { resolve, sep } from "node:path";
import { parseCommandLine, UsageError, usageText, type CommandLine } from "./command-line";
import { HOST_LAYOUT } from "./contract/host-layout";
import { runDataPlaneWorker } from "./data-plane/builtin/main";
import { runHostVerb } from "./host/verb";
import { answerPerson } from "./process/person";
import { dialStdio } from "./process/dial-stdio";
import { ROLES } from "./process/role-lock";
import { runRole } from "./process/run-role";
import { stopAll } from "./process/stop";
import { stopStrays } from "./process/strays";
import { AGENT_VERSION, bundleFile } from "./process/version";

const USAGE_STATUS = 2;

async function main(): Promise<void> {
  const isInstalled = bundleFile().startsWith(HOST_LAYOUT.root + sep);
  const line = parseCommandLine(process.argv.slice(2), isInstalled);
  const { command } = line;
  if (command === "help") {
    process.stdout.write(usageText(isInstalled));
  } else if (command === "version") {
    process.stdout.write(`${AGENT_VERSION}\n`);
  } else if (command === "data-plane-worker") {
    await runDataPlaneWorker();
  } else if (command === "install" || command === "uninstall") {
    await runHostVerb(command, line.node);
  } else {
    await runOn(resolve(line.stateDir ?? ""), line);
  }
}

async function runOn(stateDir: string, { command, reason, keepDataPlane }: CommandLine): Promise<void> {
  // "/" is the directory that cannot go away under a process that lives for years.
  process.chdir("/");
  const role = ROLES.find((name) => name === command);
  if (role !== undefined) {
    await runRole(role, stateDir);
  } else if (command === "status" || command === "drain" || command === "undrain" || command === "facts") {
    process.stdout.write(await answerPerson(command, stateDir, reason));
  } else if (command === "stop") {
    await stopAll(stateDir, { keepDataPlane });
    if (!keepDataPlane) await stopStrays(stateDir);
  } else {
    await dialStdio(stateDir);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? USAGE_STATUS : 1;
});
