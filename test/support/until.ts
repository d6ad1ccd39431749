const POLL_MILLISECONDS = 20;

/** Waits until `check` answers something else than undefined or false; fails with what it last answered or threw. */
export async function until<Value>(
  what: string,
  check: () => Value | Promise<Value>,
  timeoutSeconds = 30,
): Promise<Exclude<Value, undefined | false>> {
  const deadline = performance.now() + timeoutSeconds * 1_000;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value as Exclude<Value, undefined | false>;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  throw new Error(`${what}: not within ${timeoutSeconds} s; last: ${String(last)}`);
}

/** For `until`: true once the value has not changed for a second. */
export function standstill(value: () => number): () => boolean {
  let last = value();
  let since = performance.now();
  return () => {
    const current = value();
    if (current !== last) {
      last = current;
      since = performance.now();
    }
    return performance.now() - since > 1_000;
  };
}
