import { hostsInOrder, hostsNamedIn } from "../fleet/plan";
import type { Unchecked } from "../resource/definition";
import { advice, mistake, type Finding } from "../resource/finding";
import { targetSchema } from "../resource/hidden-input";
import { properties } from "../resource/known";
import { hasUnknown, isUnknown } from "../resource/unknowns";
import { renamedHosts } from "./departures";

/**
 * Hosts leave by the load balancer's own update, and those that come are filled after it: with none that stays, nobody
 * would serve in between. Of two targets.
 */
export function replacedFindings(before: Unchecked, after: Unchecked): Finding[] {
  const old = targetSchema.safeParse(before).data;
  const hosts = properties(after["hosts"]);
  if (old === undefined || Object.keys(hosts).length === 0) return [];
  const released = hostsNamedIn(process.env["OFFLOAD_RELEASE_HOSTS"]);
  const serving = hostsInOrder(old).active.filter((name) => !released.has(name));
  const leaving = serving.filter((name) => hosts[name] === undefined);
  if (leaving.length === 0 || serving.some((name) => mayServe(hosts[name]))) return [];
  const target = targetSchema.safeParse(after).data;
  if (target !== undefined && renamedHosts(target, old).some((name) => leaving.includes(name))) return [];
  const parameters = { hosts: leaving.join(", "), names: leaving.join(",") };
  // By an address that is not known yet, one may turn out to be another name for the same machine.
  return [
    hasUnknown(hosts)
      ? advice("hosts", "HOSTS_ALL_REPLACED", parameters)
      : mistake("hosts", "HOSTS_ALL_REPLACED", parameters),
  ];
}

function mayServe(host: unknown): boolean {
  const { status } = properties(host);
  return status === "Active" || isUnknown(status);
}
