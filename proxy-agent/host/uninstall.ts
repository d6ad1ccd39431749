import { OffloadError } from "../contract/errors";
import { HOST_LAYOUT } from "../contract/host-layout";
import { HOST_REMOVAL } from "../contract/host-removal";
import { LIMITS } from "../contract/limits";
import { checkRoot } from "./requirements";
import { run } from "./run";

/** For a person on a host that its provider has given up. Nothing there is fine. */
export async function uninstall(): Promise<{ readonly state: "removed" }> {
  checkRoot();
  const options = { seconds: LIMITS.hostRemoveSeconds };
  const { status, detail } = await run("/bin/sh", ["-c", HOST_REMOVAL], options);
  if (status === 0) return { state: "removed" };
  throw new OffloadError("AGENT_NOT_STOPPED", "", { detail, log: `journalctl -u ${HOST_LAYOUT.unit}` });
}
