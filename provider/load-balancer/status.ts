import type { FactsAnswer } from "tls-offload-agent/contract";
import type { Target } from "../resource/hidden-input";
import type { Bundle } from "../transport/local/bundle";
import { isNewer } from "../transport/local/version";
import { toldApart } from "../transport/told-apart";
import type { Agents } from "../fleet/reach";
import type { AgentClient } from "../transport/agent-client";
import { machineStatus, type MachineStatus } from "./machine";
import { machineAdvice } from "./machine-advice";

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
      readonly machine?: MachineStatus | undefined;
      /** The systemd unit that starts the agent; absent: none does. */
      readonly unit?: FactsAnswer["unit"];
      /** The SSH login, where it may neither upgrade nor repair the agent; absent: it may. */
      readonly limitedUser?: string;
    }
  | { readonly status: "Maintenance" | "Unreachable" | "Missing" };

/** What else is known of some hosts. */
export interface Circumstances {
  /** They were reached and have no agent. */
  readonly bare?: readonly string[];
  readonly drained?: readonly string[];
  readonly pending?: readonly string[];
  /** As last known. */
  readonly before?: unknown;
}

export async function hostStatusOf(
  target: Target,
  agents: Agents,
  { bare = [], drained = [], pending = [], before }: Circumstances,
): Promise<Record<string, HostStatus>> {
  const known = statusesIn(before);
  const entries = await Promise.all(
    Object.entries(target.hosts).map(async ([host, { status }]) => {
      if (bare.includes(host)) return [host, { status: "Missing" as const }] as const;
      const agent = agents.get(host);
      const seen = agent === undefined ? null : await lookAt(agent, known[host]).catch(() => null);
      if (status === "Maintenance") return [host, { ...seen, status }] as const;
      if (seen === null) return [host, { status: "Unreachable" as const }] as const;
      const serving = drained.includes(host) ? "Drained" : pending.includes(host) ? "Pending" : seen.status;
      return [host, { ...seen, status: seen.status === "Unsupervised" ? seen.status : serving }] as const;
    }),
  );
  return Object.fromEntries<HostStatus>(entries);
}

/** A host whose agent, as last seen, this provider would replace. */
export interface OutdatedAgent {
  readonly host: string;
  /** Of the agent that is there, and of this provider's. */
  readonly version: string;
  readonly own: string;
  /** The login that may not replace it; absent: it may. */
  readonly limitedUser?: string | undefined;
}

export function outdatedAgents(hostStatus: unknown, bundle: Bundle): OutdatedAgent[] {
  return Object.entries(statusesIn(hostStatus)).flatMap(([host, status]) => {
    if (!("bundleSha256" in status) || status.bundleSha256 === bundle.sha256) return [];
    if (isNewer(status.agent, bundle.version)) return [];
    const there = { agentVersion: status.agent, bundleSha256: status.bundleSha256 };
    const [version, own] = toldApart(there, bundle);
    return [{ host, version, own, limitedUser: status.limitedUser }];
  });
}

/** What will hurt on hosts as they were last seen, in sentences that name the host. */
export function hostAdvice(hostStatus: unknown): string[] {
  return Object.entries(statusesIn(hostStatus)).flatMap(([host, status]) =>
    "machine" in status && status.machine !== undefined
      ? machineAdvice(status.machine).map((text) => `host ${host}: ${text}`)
      : [],
  );
}

/** In the outputs of an older version there may be less. */
function statusesIn(hostStatus: unknown): Readonly<Record<string, HostStatus>> {
  return (hostStatus ?? {}) as Readonly<Record<string, HostStatus>>;
}

type Seen = Extract<HostStatus, { agent: string }>;

async function lookAt(agent: AgentClient, before: HostStatus | undefined): Promise<Seen> {
  const atMs = Date.now();
  const facts = await agent.call("facts", {});
  const asked = { atMs, answeredMs: Date.now() };
  const known = before !== undefined && "machine" in before ? before.machine : undefined;
  const { machine, unit } = facts;
  const { limitedUser } = agent;
  return {
    status: facts.supervised === false ? "Unsupervised" : "Running",
    agent: facts.agentVersion,
    bundleSha256: facts.bundleSha256,
    dataPlane: facts.dataPlane,
    node: facts.nodeVersion,
    openssl: facts.opensslVersion,
    contractVersions: facts.contractVersions,
    capabilities: facts.capabilities,
    ...(machine === undefined ? {} : { machine: machineStatus(machine, asked, known) }),
    ...(unit === undefined || unit.state === "none" ? {} : { unit }),
    ...(limitedUser === undefined ? {} : { limitedUser }),
  };
}
