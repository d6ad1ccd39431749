import type { Document } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { adoptClones } from "../fleet/clones";
import { deadlineIn } from "../fleet/deadline";
import { inTurn } from "../fleet/queue";
import { inStep, sightsOf, type Publishing } from "../fleet/publish";
import { drainedHosts, keptAddresses, publishedBefore } from "../fleet/publish-plan";
import type { Agents, Attempt } from "../fleet/reach";
import { runTransaction, type Outcome } from "../fleet/transaction";
import { claimName, releaseName, type Claim } from "../fleet/name-zone";
import type { HiddenInput, Target } from "../resource/hidden-input";
import type { Identity } from "../resource/operation";
import { documentsOf } from "./documents";
import { renamedHosts } from "./departures";
import { hadName } from "./former-name";
import { tellGaps } from "./gaps";
import { installAll, prepareAll, takeBack } from "./installing";
import { leaversOf, type Leaver } from "./leavers";
import { removeHosts } from "./leaving";
import { requireRoot, requireSuccessors } from "./may-leave";
import { loadBalancerObject } from "./object";
import { outOfOwnZones, outOfZones } from "./out-of-zones";
import type { LoadBalancerInputs } from "./schema";

/** What create and update of a load balancer have to go by. */
export interface LoadBalancerChange {
  readonly inputs: LoadBalancerInputs;
  readonly hidden: HiddenInput;
  readonly identity: Identity;
  readonly previousOwner: string | null;
  /** As it was; null: there is none yet. */
  readonly old: Target | null;
  /** That it had in its zone, and that are its own for a while. */
  readonly formerNames: readonly string[];
  readonly log: ResourceLog;
}

export interface LoadBalancerApplied {
  readonly agents: Agents;
  /** Hosts that were drained by hand. */
  readonly drained: readonly string[];
  /** Hosts that left and are still there. */
  readonly remaining: readonly string[];
  /** The change is in force, and this is not as it should be. Whole messages. */
  readonly problems: readonly string[];
}

/** Installs agents where there are none, gives every host its part, and removes the agents of hosts that left. */
export function applyLoadBalancer(change: LoadBalancerChange): Promise<LoadBalancerApplied> {
  return inTurn(change.hidden.target.loadBalancerId, async () => {
    const { hidden, old, log } = change;
    const { target } = hidden;
    const attempt = { log, deadline: deadlineIn(target.timeoutSeconds) };
    const prepared = await prepareAll(target, old, attempt);
    try {
      const agents = await installAll(prepared, target, attempt);
      await adoptClones(agents, log);
      const documents = await documentsOf(agents);
      requireSuccessors(target, old, documents);
      const leavers = await leaversOf(target, old, agents, attempt);
      requireRoot(leavers);
      const kept = keptAddresses(target, old, documents);
      await claimName(target, change.identity, claimOf(change, documents), attempt.deadline);
      const publishing = { target, agents, holder: hidden.owner, ...attempt };
      const renamed = renamedHosts(target, old);
      const isRenamed = ({ host }: Leaver): boolean => renamed.includes(host);
      if (renamed.length > 0) await outOfZones(publishing, old, kept);
      await makeRoom(leavers.filter(isRenamed), attempt);
      const outcome = await putParts(change, publishing, kept);
      await outOfOwnZones(publishing, old, kept);
      const others = leavers.filter((leaver) => !isRenamed(leaver));
      const left = await letGo(others, outcome, attempt);
      const sights = await sightsOf(target, agents);
      tellGaps(target, old, sights, log);
      return { agents, drained: drainedHosts(sights), ...left };
    } catch (error) {
      // Nobody would know of a name that was claimed for a change that was not made.
      const isNew = !hadName(old, target) && !change.formerNames.includes(target.dnsName);
      if (isNew) await releaseName(target, change.identity).catch(() => false);
      await takeBack(target, prepared, log);
      throw error;
    }
  });
}

function claimOf(
  { hidden: { target }, inputs: { adopt }, old, previousOwner }: LoadBalancerChange,
  documents: ReadonlyMap<string, Document>,
): Claim {
  const left = hadName(old, target) ? publishedBefore(target, old, documents) : null;
  return { addresses: keptAddresses(target, old, documents), left, previousOwner, adopt };
}

/** The same machine under another name: two agents cannot have its ports. The change itself needs time as well. */
async function makeRoom(renamed: readonly Leaver[], { log, deadline }: Attempt): Promise<void> {
  const half = { log, deadline: deadlineIn(deadline.remainingSeconds() / 2) };
  const [failure] = (await removeHosts(renamed, { areNamed: false }, half)).values();
  if (failure !== undefined) throw failure;
}

/** Nobody comes to the load balancer's name by its own change, only after it and once verified. */
function putParts(
  { inputs, hidden, identity, previousOwner }: LoadBalancerChange,
  publishing: Publishing,
  kept: readonly string[],
): Promise<Outcome> {
  return inStep(publishing, { mayAdd: true }, () =>
    runTransaction({
      ...publishing,
      changeOf: (host) => ({
        puts: [
          {
            object: loadBalancerObject(inputs, hidden, host, identity, kept),
            adopt: false,
            previousOwner,
            keyPem: null,
          },
        ],
        deletes: [],
      }),
      wish: { mode: hidden.target.verify },
      alwaysVerify: [],
    }),
  );
}

/** The DNS of a host that did not take the change still leads to those that leave: they serve on. */
async function letGo(
  leavers: readonly Leaver[],
  { problems }: Outcome,
  attempt: Attempt,
): Promise<Pick<LoadBalancerApplied, "remaining" | "problems">> {
  if (problems.length === 0) {
    const failures = await removeHosts(leavers, { areNamed: true }, attempt);
    const messages = [...failures.values()].map(({ message }) => message);
    return { remaining: [...failures.keys()], problems: messages };
  }
  const remaining = leavers.map(({ host }) => host);
  for (const host of remaining)
    attempt.log.warning(`host ${host}: stays for now, because not every host's DNS leads away from it`);
  return { remaining, problems };
}
