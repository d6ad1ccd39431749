import type { ResourceLog } from "../engine-log/resource-log";
import { hostsNamedIn } from "./plan";
import type { Agents } from "./reach";

/** OFFLOAD_ADOPT_HOSTS names machines that took another one's place with its disk; others refuse changes by name. */
export function adoptedHosts(): ReadonlySet<string> {
  return hostsNamedIn(process.env["OFFLOAD_ADOPT_HOSTS"]);
}

export async function adoptClones(agents: Agents, log: ResourceLog): Promise<void> {
  const adopted = adoptedHosts();
  const named = new Map([...agents].filter(([host]) => adopted.has(host)));
  for (const host of await clonesAmong(named)) {
    await named.get(host)?.call("adopt", {});
    log.warning(`host ${host}: the machine has another one's disk, and is the host from now on`);
  }
}

export async function clonesAmong(agents: Agents): Promise<readonly string[]> {
  const clones = await Promise.all(
    [...agents].map(async ([host, agent]) => {
      const facts = await agent.call("facts", {}).catch(() => null);
      return facts?.cloned === true ? [host] : [];
    }),
  );
  return clones.flat();
}
