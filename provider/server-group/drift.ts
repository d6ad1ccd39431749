import { isKind, type HostView } from "../resource/operation";

interface Server {
  readonly serverId: string;
  readonly ip: string;
  readonly port: number;
  readonly weight: number;
}

/** What a host's data plane has in memory, compared with what the host's own document says; null: the same. */
export function serverGroupDrift(id: string, { document, observed }: HostView): string | null {
  const { state, groups } = observed.dataPlane;
  const group = document.objects[id];
  // Without a data plane, or with one that cannot tell, there is nothing to compare with.
  if (!isKind(group, "serverGroup") || state === "down" || groups === undefined) return null;
  const live = groups.find(({ serverGroupId }) => serverGroupId === id);
  if (live === undefined) return `${id} is declared, and its data plane does not have it`;
  if (!live.workersAgree) return `${id} is not served alike by all workers`;
  const declared = serversById(group.spec.servers);
  const served = serversById(live.servers);
  const ids = [...new Set([...declared.keys(), ...served.keys()])];
  const texts = ids.flatMap((serverId) => {
    const [there, here] = [served.get(serverId), declared.get(serverId)];
    if (there === here) return [];
    return [`server ${serverId} is served as ${there ?? "none"}, declared is ${here ?? "none"}`];
  });
  return texts.length === 0 ? null : texts.join("; ");
}

function serversById(servers: readonly Server[]): Map<string, string> {
  return new Map(
    servers.map(({ serverId, ip, port, weight }) => [serverId, `${ip} port ${port} weight ${weight}`]),
  );
}
