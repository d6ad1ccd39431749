import { resourceLog } from "../engine-log/engine-log";
import type { ResourceLog } from "../engine-log/resource-log";
import type { HiddenInput, Target } from "../resource/hidden-input";
import { hostsInOrder } from "./plan";

const silent = new Set<string>();
const inMaintenance = new Set<string>();

/**
 * Every resource of a load balancer meets a dead host: it is said once, until the host has answered again, and on the
 * load balancer itself where that is of the same stack.
 */
export async function tellSilence(
  hidden: HiddenInput,
  failures: ReadonlyMap<string, Error>,
  log: ResourceLog,
): Promise<void> {
  const speaker = loadBalancersLog(hidden, log);
  for (const [host, { message }] of failures) {
    if (isNew(silent, hidden.target, host)) speaker.warning(`${message} What was last known of it stays.`);
  }
  await speaker.flush();
}

export function forgetSilence(target: Target, answering: Iterable<string>): void {
  for (const host of answering) silent.delete(keyOf(target, host));
}

/** Every change meets a host in Maintenance, too. */
export function tellMaintenance(target: Target, log: ResourceLog): void {
  const { active, skipped } = hostsInOrder(target);
  for (const host of active) inMaintenance.delete(keyOf(target, host));
  for (const host of skipped) {
    if (isNew(inMaintenance, target, host))
      log.warning(`host ${host} is in Maintenance: it is left as it is`);
  }
}

function loadBalancersLog({ target, urn }: HiddenInput, log: ResourceLog): ResourceLog {
  const { urn: its } = target;
  if (its === undefined || its === urn || stackIn(its) !== stackIn(urn)) return log;
  return resourceLog(its, `LoadBalancer ${its.split("::").at(-1) ?? ""}`);
}

/** "urn:pulumi:<stack>::<project>" */
function stackIn(urn: string): string {
  return urn.split("::").slice(0, 2).join("::");
}

function isNew(said: Set<string>, target: Target, host: string): boolean {
  const key = keyOf(target, host);
  if (said.has(key)) return false;
  said.add(key);
  return true;
}

function keyOf({ loadBalancerId }: Target, host: string): string {
  return `${loadBalancerId}/${host}`;
}
