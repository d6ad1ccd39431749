import { existsSync, rmSync } from "node:fs";
import { stopBackends } from "./backends";
import { DemoError } from "./demo-error";
import { DEMO } from "./paths";
import { done, say } from "./report";
import { clearDeadLock, hasStack, streamPulumi } from "./stack";

/** Takes everything of the demo away; also when only a part of it is there. Resolves to the exit code. */
export async function stop(): Promise<number> {
  if (!existsSync(DEMO.folder)) {
    say("There is no demo to stop.");
    return 0;
  }
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
