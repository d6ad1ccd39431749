import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stopBackends } from "./backends";
import { DemoError } from "./demo-error";
import { DEMO, ROOT } from "./paths";
import { done, say } from "./report";
import { clearDeadLock, hasStack, streamPulumi } from "./stack";

const AGENT = join(ROOT, "proxy-agent", "dist", "agent.cjs");

/** Takes everything of the demo away; also when only a part of it is there. Resolves to the exit code. */
export async function stop(): Promise<number> {
  if (!existsSync(DEMO.folder)) return stopStrays();
  if (hasStack()) {
    say("\n  pulumi destroy\n");
    clearDeadLock();
    const { code } = await streamPulumi(["destroy", "--yes", "--skip-preview", "--suppress-outputs"]);
    if (code !== 0) throw new DemoError("The stack is not destroyed. See above, and run `npm stop` again.");
  }
  await stopBackends(DEMO.folder);
  rmSync(DEMO.folder, { recursive: true });
  done("Stopped", "no process, port or file of the demo is left");
  return 0;
}

/** A folder that was removed by hand takes no process along. */
async function stopStrays(): Promise<number> {
  const { status, stderr } = spawnSync(process.execPath, [AGENT, "stop", "--state-dir", DEMO.agent], {
    encoding: "utf8",
  });
  if (status !== 0) throw new DemoError(`The agent of ${DEMO.agent} could not be stopped:\n${stderr}`);
  await stopBackends(DEMO.folder);
  say("There is no demo to stop, and no process of one is left.");
  return 0;
}
