import { join } from "node:path";
import { STATE_FILES } from "../contract/api";
import { runControl } from "../control/main";
import { runDataPlane } from "../data-plane/builtin/main";
import { runDns } from "../dns/main";
import { createLogger, toFile, type Logger } from "./log";
import { takeRole, type Role } from "./role-lock";
import { KEEP_DATA_PLANE_SIGNAL } from "./stop";
import { supervise, type StopReason } from "./supervise";
import { markWorkers } from "./workers";

/** Runs a role until SIGTERM. Returns at once when another process has it. */
export async function runRole(role: Role, stateDir: string): Promise<void> {
  if (!(await takeRole(stateDir, role))) {
    return;
  }
  const log = createLogger(role, toFile(join(stateDir, STATE_FILES.logs, `${role}.log`)));
  reportDeath(log);
  if (role === "supervise") {
    await supervise({ stateDir, log, signal: terminated() });
    // A data plane that goes on is still this process's child and would keep it.
    process.exit(0);
  }
  const close = await start(role, stateDir, log);
  terminated().addEventListener("abort", () => {
    void close().finally(() => process.exit(0));
  });
}

async function start(
  role: Exclude<Role, "supervise">,
  stateDir: string,
  log: Logger,
): Promise<() => Promise<void>> {
  switch (role) {
    case "control":
      return (await runControl({ stateDir, log })).close;
    case "dns":
      return (await runDns({ stateDir, log })).close;
    case "data-plane":
      markWorkers(stateDir);
      await runDataPlane({ stateDir, log });
      return () => Promise.resolve();
  }
}

function terminated(): AbortSignal {
  const controller = new AbortController();
  const reasons = { SIGTERM: "all", SIGINT: "all", [KEEP_DATA_PLANE_SIGNAL]: "keep-data-plane" } as const;
  for (const [name, reason] of Object.entries(reasons)) {
    process.once(name, () => {
      controller.abort(reason satisfies StopReason);
    });
  }
  return controller.signal;
}

function reportDeath(log: Logger): void {
  process.on("uncaughtException", (error) => {
    log.error("died of a mistake", { error: error.stack ?? error.message });
    process.exit(1);
  });
}
