import { setTimeout as sleep } from "node:timers/promises";
import { OffloadError } from "tls-offload-agent/contract";

/** Pulumi's own timeouts do not reach a dynamic provider, so each operation carries one of these. */
export interface Deadline {
  /** Never negative. */
  readonly remainingSeconds: () => number;
  /** Throws OPERATION_TIMED_OUT when the time is over. `doing` completes "while ...". */
  readonly check: (doing: string) => void;
}

export function deadlineIn(seconds: number): Deadline {
  const end = performance.now() + seconds * 1_000;
  const remainingSeconds = (): number => Math.max(0, (end - performance.now()) / 1_000);
  return {
    remainingSeconds,
    check: (doing) => {
      if (remainingSeconds() === 0) throw new OffloadError("OPERATION_TIMED_OUT", "", { seconds, doing });
    },
  };
}

/**
 * Asks again and again until there is an answer. undefined: not within `seconds`, nor within the deadline.
 */
export async function poll<Answer>(
  ask: () => Promise<Answer | undefined>,
  { seconds, everySeconds, deadline }: { seconds: number; everySeconds: number; deadline?: Deadline },
): Promise<Answer | undefined> {
  const patience = deadlineIn(Math.min(seconds, deadline?.remainingSeconds() ?? seconds));
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (patience.remainingSeconds() === 0) return undefined;
    await sleep(Math.min(everySeconds, patience.remainingSeconds()) * 1_000);
  }
}
