import { parseArgs } from "node:util";
import { HOST_LAYOUT } from "./contract/host-layout";

/** What was asked of the agent by its arguments. */
export interface CommandLine {
  readonly command: string;
  /** As given; needed by all but version, install, uninstall and a worker. */
  readonly stateDir: string | undefined;
  readonly keepDataPlane: boolean;
  /** Path of the Node that shall run the agent. */
  readonly node: string;
  readonly reason: string;
}

/** The agent was called in a way that it does not have; the message says what it has. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Throws UsageError. `isInstalled`: on a host, under systemd, where its command knows the state directory. */
export function parseCommandLine(args: readonly string[], isInstalled: boolean): CommandLine {
  try {
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    const words = values.help ? ["help"] : positionals;
    const { node, reason, "state-dir": stateDir, "keep-data-plane": keepDataPlane } = values;
    return { command: commandOf(words, stateDir), stateDir, keepDataPlane, node, reason };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${problem}\n\n${usageText(isInstalled)}`, { cause: error });
  }
}

function commandOf([command, extra]: readonly string[], stateDir: string | undefined): string {
  if (command === undefined) throw new Error("there is no command");
  if (!COMMANDS.has(command)) throw new Error(`there is no command "${command}"`);
  if (command === "help") return command;
  if (extra !== undefined) throw new Error(`${command} takes no "${extra}"`);
  if (stateDir === undefined && !WITHOUT_STATE.has(command)) throw new Error("--state-dir is missing");
  return command;
}

export function usageText(isInstalled: boolean): string {
  return isInstalled ? INSTALLED : BARE;
}

const INSTALLED = `usage: proxy-agent <command>

  status      what this host serves, to how many, and what is wrong
  drain       take this host out of service; open connections go on (--reason <text>)
  undrain     take it back into service
  facts       versions, capabilities and the machine, as JSON
  version     the agent's version
  uninstall   end the agent, traffic included, and remove all of it (as root)
  dial-stdio  the agent's API on standard input and output, for the provider

For root and the members of the group ${HOST_LAYOUT.user}; others need sudo.
Logs: journalctl -u ${HOST_LAYOUT.unit}
`;

const BARE = `usage: agent.cjs <command> --state-dir <directory>

  supervise   start control, data plane and DNS, and start them again when they die
  status      what is served, to how many, and what is wrong
  drain       take this host out of service; open connections go on (--reason <text>)
  undrain     take it back into service
  facts       versions, capabilities and the machine, as JSON
  stop        stop everything (--keep-data-plane: all but the data plane)
  dial-stdio  the agent's API on standard input and output, for the provider
  version     the agent's version
  install     make this host run this agent under systemd (as root; --node <path of Node>)
  uninstall   end it and remove all of it (as root)

  control, data-plane, data-plane-worker and dns are started by supervise.
`;

const COMMANDS: ReadonlySet<string> = new Set([
  ...["help", "status", "drain", "undrain", "facts", "stop", "dial-stdio", "version", "install", "uninstall"],
  ...["supervise", "control", "data-plane", "data-plane-worker", "dns"],
]);
const WITHOUT_STATE: ReadonlySet<string> = new Set([
  ...["help", "version", "install", "uninstall", "data-plane-worker"],
]);

const OPTIONS = {
  help: { type: "boolean", short: "h", default: false },
  "state-dir": { type: "string" },
  "keep-data-plane": { type: "boolean", default: false },
  node: { type: "string", default: process.execPath },
  reason: { type: "string", default: "" },
} as const;
