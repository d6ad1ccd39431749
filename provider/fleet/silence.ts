import type { ResourceLog } from "../engine-log/resource-log";
import type { Target } from "../resource/hidden-input";

const silent = new Set<string>();

/** Every resource of a load balancer meets a dead host: it is said once, until the host has answered again. */
export function tellSilence(
  { loadBalancerId }: Target,
  failures: ReadonlyMap<string, Error>,
  log: ResourceLog,
): void {
  for (const [host, { message }] of failures) {
    const key = keyOf(loadBalancerId, host);
    if (silent.has(key)) continue;
    silent.add(key);
    log.warning(`${message} What was last known of it stays.`);
  }
}

export function forgetSilence({ loadBalancerId }: Target, answering: Iterable<string>): void {
  for (const host of answering) silent.delete(keyOf(loadBalancerId, host));
}

function keyOf(loadBalancerId: string, host: string): string {
  return `${loadBalancerId}/${host}`;
}
