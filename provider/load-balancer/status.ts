import type { FactsAnswer } from "tls-offload-agent/contract";
import type { Target } from "../resource/hidden-input";
import type { Agents } from "../fleet/reach";

/** One host as it was last seen. Nothing in it changes by itself from one look to the next. */
export type HostStatus =
  | {
      readonly status: "Running" | "Maintenance";
      readonly agent: string;
      readonly bundleSha256: string;
      readonly dataPlane: string;
      readonly node: string;
      readonly openssl: string;
      readonly contractVersions: readonly number[];
      readonly capabilities: FactsAnswer["capabilities"];
    }
  | { readonly status: "Maintenance" | "Unreachable" | "Missing" };

export async function hostStatusOf(target: Target, agents: Agents): Promise<Record<string, HostStatus>> {
  const entries = await Promise.all(
    Object.entries(target.hosts).map(async ([host, { status }]) => {
      const facts = await agents
        .get(host)
        ?.call("facts", {})
        .catch(() => null);
      return [host, statusOf(facts ?? null, status)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

function statusOf(facts: FactsAnswer | null, wanted: "Active" | "Maintenance"): HostStatus {
  if (facts === null) return { status: wanted === "Maintenance" ? "Maintenance" : "Unreachable" };
  return {
    status: wanted === "Maintenance" ? "Maintenance" : "Running",
    agent: facts.agentVersion,
    bundleSha256: facts.bundleSha256,
    dataPlane: facts.dataPlane,
    node: facts.nodeVersion,
    openssl: facts.opensslVersion,
    contractVersions: facts.contractVersions,
    capabilities: facts.capabilities,
  };
}
