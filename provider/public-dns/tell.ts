import { isDeepStrictEqual } from "node:util";
import { messageOf } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import type { LoadBalancerInputs } from "../load-balancer/schema";
import type { Target } from "../resource/hidden-input";
import type { DelegationOutput } from "./delegation";
import { nameServersOf } from "./name-servers";
import { lookAtParent } from "./parent-zone";
import { delegationText } from "./sight";

/** Zones of which it was said that nobody can tell: once in a run. */
const unseen = new Set<string>();

/** Where it is another one than before. */
export function printDelegation(
  { dnsName }: Target,
  { delegation }: DelegationOutput,
  before: DelegationOutput | null,
  log: ResourceLog,
): void {
  if (delegation === undefined || isDeepStrictEqual(delegation, before?.delegation)) return;
  log.info(
    `records for the parent zone of ${dnsName}, in place of those that it has for it:\n${delegation.join("\n")}`,
  );
}

/** Warns where the parent zone sends resolvers elsewhere. Nothing fails by it. */
export async function checkDelegation(
  target: Target,
  dnsListen: LoadBalancerInputs["dnsListen"],
  log: ResourceLog,
): Promise<void> {
  const nameServers = nameServersOf(target, dnsListen);
  if (nameServers === undefined) return;
  const { dnsName: zone } = target;
  const sight = await lookAtParent(zone);
  if (sight === null) {
    tellUnseen(zone, log);
    return;
  }
  const { parent, server, delegation } = sight;
  const seen = delegationText(delegation);
  const wanted = delegationText({ nameServers, withGlue: delegation.withGlue });
  if (seen !== wanted)
    log.warning(messageOf("DELEGATION_DIFFERS", "", { parent, zone, server, seen, wanted }));
}

function tellUnseen(zone: string, log: ResourceLog): void {
  if (unseen.has(zone)) return;
  unseen.add(zone);
  log.info(
    `nobody can tell from here whether resolvers find ${zone}; \`dig +trace ${zone} NS\` tells where they can ask`,
  );
}
