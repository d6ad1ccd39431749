import { join } from "node:path";
import { STATE_FILES } from "../contract/api";
import { runControl } from "../control/main";
import { runDataPlane } from "../data-plane/builtin/main";
import { runDns } from "../dns/main";
import { createLogger, toFile, type Logger } from "./log";
import { takeRole, type Role } from "./role-lock";
import { supervise } from "./supervise";
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
    return;
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
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => {
      controller.abort();
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
