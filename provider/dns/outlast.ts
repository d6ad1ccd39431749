import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";

const PROGRESS_SECONDS = 5;

/**
 * A name that is gone is remembered by resolvers for its TTL, and leads people to where it led: what is there has to
 * serve on. OFFLOAD_SKIP_WAITS does not wait.
 */
export async function outlastResolvers(name: string, ttlSeconds: number, log: ResourceLog): Promise<void> {
  const seconds = outlastSeconds(ttlSeconds);
  if (seconds === 0) return;
  const until = `until resolvers have forgotten ${name}`;
  log.info(`waiting ${seconds} s ${until} (OFFLOAD_SKIP_WAITS=1 does not wait)`);
  if (seconds < ttlSeconds) {
    log.warning(
      `${name} may be remembered for ${ttlSeconds} s: no more than ${seconds} s of it are waited for`,
    );
  }
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const left = Math.ceil((end - performance.now()) / 1_000);
    if (left <= 0) return;
    log.progress(`${left} s more ${until}`);
    await sleep(Math.min(left, PROGRESS_SECONDS) * 1_000);
  }
}

/** How long a name with that TTL is waited for. */
export function outlastSeconds(ttlSeconds: number): number {
  return areWaitsSkipped() ? 0 : Math.max(0, Math.min(ttlSeconds, LIMITS.outlastSeconds));
}

/** OFFLOAD_SKIP_WAITS says that nobody is to be waited for. */
export function areWaitsSkipped(): boolean {
  return (process.env["OFFLOAD_SKIP_WAITS"] ?? "") !== "";
}
