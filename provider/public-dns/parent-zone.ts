import { LIMITS } from "tls-offload-agent/contract";
import { delegatedServers } from "../dns/delegation";
import { queryServer, serverText } from "../dns/query";
import { deadlineIn } from "../fleet/deadline";
import { delegationIn, type Delegation } from "./sight";

const ANSWER_SECONDS = 2;

export interface ParentSight {
  readonly parent: string;
  /** The one that was asked: "192.0.2.53 port 53". */
  readonly server: string;
  readonly delegation: Delegation;
}

/**
 * What the parent of `zone` says of it, by the parent's own servers: a resolver would answer with what the zone says
 * of itself. null: this machine can see no parent zone, or none of its servers. Never rejects.
 */
export async function lookAtParent(zone: string): Promise<ParentSight | null> {
  const deadline = deadlineIn(LIMITS.delegationLookSeconds);
  for (const parent of ancestorsOf(zone)) {
    if (deadline.remainingSeconds() === 0) return null;
    const servers = await delegatedServers(parent);
    for (const server of servers) {
      const timeoutSeconds = Math.min(ANSWER_SECONDS, deadline.remainingSeconds());
      const answer = await queryServer({ ...server, name: zone, type: "NS", timeoutSeconds }).catch(
        () => null,
      );
      const delegation = answer === null ? null : delegationIn(zone, answer);
      if (delegation !== null) return { parent, server: serverText(server), delegation };
    }
    if (servers.length > 0) return null;
  }
  return null;
}

/** "a.b.c": "b.c", then "c". */
function ancestorsOf(zone: string): string[] {
  const labels = zone.split(".");
  return labels.slice(1).map((_label, index) => labels.slice(index + 1).join("."));
}
