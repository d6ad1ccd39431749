import { LIMITS, type Document } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { deadlineIn } from "../fleet/deadline";
import { inParallel } from "../fleet/queue";
import { activeHosts, tryAll, type Agents, type Attempt } from "../fleet/reach";
import { together } from "../fleet/together";
import type { Target } from "../resource/hidden-input";
import type { AgentClient } from "../transport/agent-client";
import { prepareHost } from "../transport/connect";
import type { Prepared } from "../transport/prepared";
import { installOrKeep } from "./install-or-keep";
import { removeHost } from "./leaving";

/**
 * Logs in to every Active host and looks at it, before the agent is put on any: all that refuse are told in one error,
 * and none is touched.
 */
export async function prepareAll(
  target: Target,
  before: Target | null,
  attempt: Attempt,
): Promise<readonly Prepared[]> {
  const active = activeHosts(target, attempt.log);
  const { results, failures } = await onAll(active, (host) => prepareHost(target, host, before, attempt));
  if (failures.length > 0) throw together("HOSTS_REFUSED", failures, active.length);
  return results;
}

/** The agents, in the order of the hosts' names. */
export async function installAll(
  prepared: readonly Prepared[],
  target: Target,
  attempt: Attempt,
): Promise<Agents> {
  const { results, failures } = await onAll(prepared, (one) => installOrKeep(one, target, attempt));
  if (failures.length > 0) throw together("HOSTS_NOT_INSTALLED", failures, prepared.length);
  return new Map(results.map((agent) => [agent.host, agent]));
}

/**
 * After a failed create or update: agents that this one started, and that serve nobody, do not stay. One whose document
 * was lost goes on with what it has in memory.
 */
export async function takeBack(
  target: Target,
  prepared: readonly Prepared[],
  log: ResourceLog,
): Promise<void> {
  const attempt = { log, deadline: deadlineIn(target.timeoutSeconds) };
  const hosts = prepared.map(({ host }) => host);
  const { agents } = await tryAll(target, hosts, "look", attempt);
  await onAll(prepared, async ({ host, isBare }) => {
    const agent = agents.get(host);
    // Without an agent, half of one may be there.
    if (agent === undefined ? !isBare : !(await isUnused(agent, isBare))) return;
    try {
      await removeHost(host, target, log);
      if (agent !== undefined)
        log.info(`host ${host}: its agent is removed again, for it would serve nobody`);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.warning(
        `host ${host}: what was installed there may have stayed, and the next \`up\` takes it over: ${detail}`,
      );
    }
  });
}

/** Exported for its test. */
export async function isUnused(agent: AgentClient, isNew: boolean): Promise<boolean> {
  // Such a login has put nothing there.
  if (agent.limitedUser !== undefined) return false;
  const answer = await agent.call("document", {}).catch(() => null);
  if (answer === null) return isNew;
  if (answer.pending !== null || !isEmpty(answer.confirmed)) return false;
  if (isNew) return true;
  const observed = await agent.call("observed", {}).catch(() => null);
  return observed?.dataPlane.state === "running" && observed.dataPlane.listeners.length === 0;
}

export function isEmpty({ objects }: Document): boolean {
  return Object.keys(objects).length === 0;
}

/** Waits for all of them. Results and failures are in the order of the items. */
async function onAll<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<{ results: readonly Result[]; failures: readonly Error[] }> {
  const results: Result[][] = items.map(() => []);
  const failures: Error[][] = items.map(() => []);
  await inParallel([...items.entries()], LIMITS.hostsAtOnce, async ([index, item]) => {
    try {
      results[index] = [await work(item)];
    } catch (error) {
      failures[index] = [error instanceof Error ? error : new Error(String(error))];
    }
  });
  return { results: results.flat(), failures: failures.flat() };
}
