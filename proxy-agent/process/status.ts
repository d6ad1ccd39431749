import { API, STATE_FILES } from "../contract/api";
import type { ObservedAddress } from "../contract/observed";
import { callApi } from "../http/client";

/** What a person on the host wants to know, line by line. */
export async function statusText(stateDir: string): Promise<string> {
  const call = { stateDir, socket: STATE_FILES.controlSocket, table: API, request: {} } as const;
  const facts = await callApi({ ...call, name: "facts" });
  const observed = await callApi({ ...call, name: "observed" });
  const { dataPlane, dns, servers, problems } = observed;
  return [
    `agent          ${facts.agentVersion}, Node ${facts.nodeVersion}, OpenSSL ${facts.opensslVersion}, process ${facts.pid}`,
    ...(facts.supervised === false ? ["supervisor     none: what dies is not started again"] : []),
    ...(facts.cloned === true ? ["machine        not the one that was installed: takes no change"] : []),
    ...(observed.drained === true ? [`drained        ${observed.drainReason ?? ""}`.trimEnd()] : []),
    `load balancer  ${facts.loadBalancerId ?? "none"}, generation ${observed.generation}`,
    `data plane     ${facts.dataPlane}, ${dataPlane.state}, ${dataPlane.workers} workers`,
    ...dataPlane.listeners.map(
      ({ listenerId, bound, connections }) =>
        `listener       ${listenerId} on ${bound.map(endpointText).join(", ")}: ${connections} connections`,
    ),
    ...servers.map(
      ({ serverId, ip, port, weight, health, detail, connections }) =>
        `server         ${serverId} ${endpointText({ address: ip, port })} weight ${weight}: ${health}${detail === "" ? "" : ` (${detail})`}, ${connections} connections`,
    ),
    `DNS            ${dns.state} ${dns.bound.map(endpointText).join(", ")}`.trimEnd(),
    ...dns.zones.map((zone) => `zone           ${zone}`),
    ...(dns.addresses ?? []).map((seen) => `address        ${seen.address}: ${addressText(seen)}`),
    ...problems.map(({ objectId, message }) => `problem        ${objectId}: ${message}`),
    "",
  ].join("\n");
}

function addressText({ serves, given, detail }: ObservedAddress): string {
  const why = detail === "" ? "" : ` (${detail})`;
  if (serves) return `serves${why}`;
  return given ? `does not serve${why}, given because none does` : `does not serve${why}, left out of DNS`;
}

function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
