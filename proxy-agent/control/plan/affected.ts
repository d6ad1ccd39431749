import type { Document } from "../../contract/document";
import { dataPlaneConfiguration } from "../configuration/data-plane";
import { sameJson } from "../store/canonical";

/** Planning looks at what is declared; whether a key is there is checked when it is provisioned. */
const NO_SECRETS = { keyPem: () => "", ticketKeyBase64: () => "" };

/** The bound listeners whose traffic a change can alter: added, removed, or served otherwise than before. */
export function affectedListenerIds(before: Document, after: Document): string[] {
  const old = servedBy(before);
  const next = servedBy(after);
  const ids = new Set([...old.keys(), ...next.keys()]);
  return [...ids].filter((id) => !sameJson(old.get(id), next.get(id))).sort();
}

/** Per listener all that decides what a client gets; not what only ends connections later, and no labels. */
function servedBy(document: Document): Map<string, unknown> {
  const { listeners, groups } = dataPlaneConfiguration(document, NO_SECRETS).configuration;
  const servers = new Map(groups.map(({ id, scheduler, servers: members }) => [id, { scheduler, members }]));
  return new Map(
    listeners.map((listener) => [listener.id, { listener, group: servers.get(listener.serverGroupId) }]),
  );
}
