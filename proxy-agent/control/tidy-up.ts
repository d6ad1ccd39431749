import type { Logger } from "../process/log";

/** What is left over on a disk that refuses is removed at the next start. */
export function tidyUp(log: Logger, work: () => void): void {
  try {
    work();
  } catch (error) {
    log.error("cannot tidy up", { error: error instanceof Error ? error.message : "unknown" });
  }
}
