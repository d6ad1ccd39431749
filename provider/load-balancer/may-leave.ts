import { OffloadError, type Document } from "tls-offload-agent/contract";
import { hostsNamedIn } from "../fleet/plan";
import { neededHosts } from "../fleet/publish-plan";
import type { Target } from "../resource/hidden-input";
import { renamedHosts } from "./departures";
import type { Leaver } from "./leavers";

/** Throws before anything is changed: the hosts that stay may have come by an `up` that failed to fill them. */
export function requireSuccessors(
  target: Target,
  old: Target | null,
  documents: ReadonlyMap<string, Document>,
): void {
  const released = hostsNamedIn(process.env["OFFLOAD_RELEASE_HOSTS"]);
  const renamed = renamedHosts(target, old);
  const needed = neededHosts(target, old, documents).filter(
    (host) => !released.has(host) && !renamed.includes(host),
  );
  if (needed.length === 0) return;
  const parameters = { dnsName: target.dnsName, names: needed.join(",") };
  throw new OffloadError("HOSTS_STILL_NEEDED", `host ${needed.join(", ")}`, parameters);
}

/** Throws before anything is changed: a host that could not be removed in the end would have been drained for nothing. */
export function requireRoot(leavers: readonly Leaver[]): void {
  const limited = leavers.flatMap(({ host, agent }) =>
    agent?.limitedUser === undefined ? [] : [{ host, user: agent.limitedUser }],
  );
  if (limited.length === 0) return;
  const hosts = limited.map(({ host }) => host);
  const user = [...new Set(limited.map((one) => one.user))].join(" or ");
  throw new OffloadError("LEAVING_NEEDS_ROOT", `host ${hosts.join(", ")}`, { user, names: hosts.join(",") });
}
