import type { FactsAnswer } from "tls-offload-agent/contract";
import type { Target } from "../resource/hidden-input";
import type { Bundle } from "../transport/local/bundle";
import { isNewer } from "../transport/local/version";
import type { Agents } from "../fleet/reach";

/** One host as it was last seen. Nothing in it changes by itself from one look to the next. */
export type HostStatus =
  | {
      /**
       * Unsupervised: it serves, but nothing starts its processes again when they die. Drained: by hand on the host.
       * Pending: Active, and the load balancer's name does not lead to it yet; only a refresh tells.
       */
      readonly status: "Running" | "Pending" | "Drained" | "Unsupervised" | "Maintenance";
      readonly agent: string;
      readonly bundleSha256: string;
      readonly dataPlane: string;
      readonly node: string;
      readonly openssl: string;
      readonly contractVersions: readonly number[];
      readonly capabilities: FactsAnswer["capabilities"];
    }
  | { readonly status: "Maintenance" | "Unreachable" | "Missing" };

/** What else is known of some hosts. */
export interface Circumstances {
  /** They were reached and have no agent. */
  readonly bare?: readonly string[];
  readonly drained?: readonly string[];
  readonly pending?: readonly string[];
}

export async function hostStatusOf(
  target: Target,
  agents: Agents,
  { bare = [], drained = [], pending = [] }: Circumstances,
): Promise<Record<string, HostStatus>> {
  const entries = await Promise.all(
    Object.entries(target.hosts).map(async ([host, { status }]) => {
      const facts = await agents
        .get(host)
        ?.call("facts", {})
        .catch(() => null);
      if (bare.includes(host)) return [host, { status: "Missing" as const }] as const;
      const serving = drained.includes(host) ? "Drained" : pending.includes(host) ? "Pending" : "Running";
      return [host, statusOf(facts ?? null, status, serving)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Hosts whose agent, as last seen, this provider would replace: host name -> its version. */
export function outdatedAgents(hostStatus: unknown, bundle: Bundle): Map<string, string> {
  const outdated = new Map<string, string>();
  for (const [host, status] of Object.entries((hostStatus ?? {}) as Record<string, HostStatus>)) {
    if (!("bundleSha256" in status) || status.bundleSha256 === bundle.sha256) continue;
    if (!isNewer(status.agent, bundle.version)) outdated.set(host, status.agent);
  }
  return outdated;
}

function statusOf(
  facts: FactsAnswer | null,
  wanted: "Active" | "Maintenance",
  serving: "Running" | "Pending" | "Drained",
): HostStatus {
  if (facts === null) return { status: wanted === "Maintenance" ? "Maintenance" : "Unreachable" };
  const running = facts.supervised === false ? "Unsupervised" : serving;
  return {
    status: wanted === "Maintenance" ? "Maintenance" : running,
    agent: facts.agentVersion,
    bundleSha256: facts.bundleSha256,
    dataPlane: facts.dataPlane,
    node: facts.nodeVersion,
    openssl: facts.opensslVersion,
    contractVersions: facts.contractVersions,
    capabilities: facts.capabilities,
  };
}
