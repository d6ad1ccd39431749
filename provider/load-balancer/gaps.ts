import type { ResourceLog } from "../engine-log/resource-log";
import { runningListeners, stayingHosts, type Sights } from "../fleet/publish-plan";
import type { Target } from "../resource/hidden-input";

/**
 * Says which hosts lack listeners that others have. Only the listeners' own updates put them there, and one whose
 * program and state are the same has none: a host that was drained to leave, and is declared again, would serve nobody.
 */
export function tellGaps(target: Target, old: Target | null, sights: Sights, log: ResourceLog): void {
  if (old === null) return;
  // One that joins or comes back from Maintenance is a difference to every listener.
  const staying = stayingHosts(target, old).flatMap((host) => {
    const sight = sights.get(host);
    return sight === undefined ? [] : [[host, runningListeners(sight.document).map(({ id }) => id)] as const];
  });
  const all = new Set(staying.flatMap(([, ids]) => ids));
  for (const [host, ids] of staying) {
    const missing = [...all].filter((id) => !ids.includes(id));
    if (missing.length === 0) continue;
    log.warning(
      `host ${host}: it lacks ${missing.join(", ")}, which other hosts have; ` +
        "`pulumi up --refresh` puts that there, unless this `up` does",
    );
  }
}
