import type { ResourceLog } from "../engine-log/resource-log";
import type { Remembered } from "../resource/remembered";
import { outlastResolvers } from "./outlast";

/** By where a name led until it was pointed elsewhere: the name, and until when resolvers may go on by it. */
const leases = new Map<string, { readonly name: string; readonly endMilliseconds: number }[]>();

/**
 * A record leads elsewhere now. Whoever takes away what it led to, in the same `up`, has to wait: a record's own
 * deletion waits by itself, but one that is pointed elsewhere cannot know that its old target goes.
 */
export function lease({ name, target, ttlSeconds }: Remembered): void {
  const endMilliseconds = performance.now() + ttlSeconds * 1_000;
  leases.set(target, [...(leases.get(target) ?? []), { name, endMilliseconds }]);
}

/** Before something that `target` leads to is taken away. */
export async function outlastLeases(target: string, log: ResourceLog): Promise<void> {
  for (const { name, endMilliseconds } of leases.get(target) ?? []) {
    await outlastResolvers(name, Math.ceil((endMilliseconds - performance.now()) / 1_000), log);
  }
  leases.delete(target);
}
