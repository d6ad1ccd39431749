import type { Document } from "../contract/document";
import { objectsOf } from "../control/configuration/objects";
import { healthKey } from "../data-plane/interface";
import type { Target } from "./monitor";

/** The servers of some documents: of the confirmed one and, while a change is pending, of the pending one. */
export function healthTargets(documents: readonly Document[]): Target[] {
  const targets = new Map<string, Target>();
  for (const group of documents.flatMap((document) => objectsOf(document, "serverGroup"))) {
    for (const { serverId, ip, port } of group.spec.servers) {
      const key = healthKey(group, { id: serverId, ip, port });
      targets.set(key, { key, ip, port, check: group.spec.healthCheck });
    }
  }
  return [...targets.values()];
}
