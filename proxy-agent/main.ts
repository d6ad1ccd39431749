import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { API, STATE_FILES } from "./contract/api";
import { runDataPlaneWorker } from "./data-plane/builtin/main";
import { runHostVerb } from "./host/verb";
import { callApi } from "./http/client";
import { dialStdio } from "./process/dial-stdio";
import { ROLES } from "./process/role-lock";
import { runRole } from "./process/run-role";
import { statusText } from "./process/status";
import { stopAll } from "./process/stop";
import { stopStrays } from "./process/strays";
import { AGENT_VERSION } from "./process/version";

const USAGE = `usage: agent.cjs <command> --state-dir <directory>

  supervise     start control, data plane and DNS, and start them again when they die
  status        print what is served
  drain         take this host out of service: live connections go on (--reason <text>)
  undrain       take it back into service
  stop          stop everything (--keep-data-plane: all but the data plane)
  dial-stdio    bridge standard input and output to the agent's API
  version       print the version
  install       make this host run this agent under systemd (as root; --node <path of Node>)
  uninstall     end it and remove all of it (as root)

  control, data-plane, data-plane-worker and dns are started by supervise.
`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      "state-dir": { type: "string" },
      "keep-data-plane": { type: "boolean", default: false },
      node: { type: "string", default: process.execPath },
      reason: { type: "string", default: "" },
    },
  });
  const [command = ""] = positionals;
  if (command === "version") {
    process.stdout.write(`${AGENT_VERSION}\n`);
    return;
  }
  if (command === "data-plane-worker") {
    await runDataPlaneWorker();
    return;
  }
  if (command === "install" || command === "uninstall") {
    await runHostVerb(command, values.node);
    return;
  }
  if (values["state-dir"] === undefined) {
    throw new Error(USAGE);
  }
  // "/" is the directory that cannot go away under a process that lives for years.
  const stateDir = resolve(values["state-dir"]);
  process.chdir("/");
  const role = ROLES.find((name) => name === command);
  if (role !== undefined) {
    await runRole(role, stateDir);
  } else if (command === "status") {
    process.stdout.write(await statusText(stateDir));
  } else if (command === "drain" || command === "undrain") {
    const request = command === "drain" ? { reason: values.reason } : {};
    await callApi({ stateDir, socket: STATE_FILES.controlSocket, table: API, name: command, request });
    process.stdout.write(await statusText(stateDir));
  } else if (command === "stop") {
    const keepDataPlane = values["keep-data-plane"];
    await stopAll(stateDir, { keepDataPlane });
    if (!keepDataPlane) {
      await stopStrays(stateDir);
    }
  } else if (command === "dial-stdio") {
    await dialStdio(stateDir);
  } else {
    throw new Error(USAGE);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
