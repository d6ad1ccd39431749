import { rmSync } from "node:fs";
import { HOST_LAYOUT } from "../contract/host-layout";
import { removeAccount } from "./account";
import { checkHost } from "./requirements";
import { run, step } from "./run";
import { reloadUnits, stopUnit } from "./systemd";
import { bundleFile } from "../process/version";

/** Ends the agent, traffic included, and removes all of it. Nothing there is fine. */
export async function uninstall(): Promise<{ readonly state: "removed" }> {
  checkHost(bundleFile());
  await stopUnit();
  await run("systemctl", ["disable", "--quiet", HOST_LAYOUT.unit]);
  const { command, root, stateDir, unitFile } = HOST_LAYOUT;
  for (const path of [unitFile, command, stateDir]) {
    step(`remove ${path}`, () => {
      rmSync(path, { recursive: true, force: true });
    });
  }
  await reloadUnits();
  await run("systemctl", ["reset-failed", HOST_LAYOUT.unit]);
  await removeAccount();
  // Last: until here, the same command can be run again.
  step(`remove ${root}`, () => {
    rmSync(root, { recursive: true, force: true });
  });
  return { state: "removed" };
}
