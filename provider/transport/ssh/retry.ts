import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { ResourceLog } from "../../engine-log/resource-log";
import type { Deadline } from "../../fleet/deadline";

/** born: the machine may still be booting, so all of the operation's time is waited for it. known: it was there. */
export type Patience = "born" | "known";

interface Attempt {
  readonly log: ResourceLog;
  readonly deadline: Deadline;
}

/** Tries again what time may heal: a machine that does not answer yet. Refusals are final. */
export async function untilReached<Reached>(
  reach: () => Promise<Reached>,
  patience: Patience,
  errorLimit: number | undefined,
  { log, deadline }: Attempt,
): Promise<Reached> {
  const started = performance.now();
  for (let failures = 1; ; failures += 1) {
    try {
      return await reach();
    } catch (error) {
      const pauseSeconds = Math.min(0.5 * 1.5 ** (failures - 1), LIMITS.sshRetrySecondsMax);
      const passing = error instanceof OffloadError && error.code === "SSH_UNREACHABLE";
      if (!passing || failures >= triesFor(patience, errorLimit)) throw error;
      if (patience === "known" && performance.now() - started > LIMITS.sshKnownSeconds * 1_000) throw error;
      if (deadline.remainingSeconds() <= pauseSeconds) throw error;
      const { detail = "" } = error.parameters as { detail?: string };
      const left = Math.round(deadline.remainingSeconds());
      log.progress(`${error.where}: waiting for SSH: ${detail} (${left} s left)`);
      await sleep(pauseSeconds * 1_000);
    }
  }
}

/** -1 is `@pulumi/command`'s word for no limit. */
function triesFor(patience: Patience, errorLimit: number | undefined): number {
  const limit = errorLimit === -1 || errorLimit === undefined ? Infinity : Math.max(1, errorLimit);
  return patience === "known" ? Math.min(limit, LIMITS.sshKnownTries) : limit;
}
