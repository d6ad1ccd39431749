import { z } from "zod";

/** What the data plane can hold; anything else is refused at preview, never silently less. */
export const capabilitiesSchema = z.object({
  schedulers: z.array(z.string()),
  healthCheckTypes: z.array(z.string()),
  proxyProtocol: z.boolean(),
  mutualTls: z.boolean(),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/** Known without asking a host, because preview does no network I/O. */
export const DATA_PLANE_CAPABILITIES = {
  builtin: { schedulers: ["Wrr", "Rr"], healthCheckTypes: ["TCP"], proxyProtocol: false, mutualTls: false },
} as const satisfies Record<string, Capabilities>;

export const factsAnswer = z.object({
  agentVersion: z.string(),
  /** SHA-256 of the running bundle: how the provider tells whether an agent is the one that it carries. */
  bundleSha256: z.string(),
  contractVersions: z.array(z.int()),
  /** The load balancer that this host belongs to. */
  loadBalancerId: z.string().nullable(),
  pid: z.int(),
  /** false: nothing starts the agent's processes again when they die. Missing: an agent that could not tell. */
  supervised: z.boolean().optional(),
  nodeVersion: z.string(),
  opensslVersion: z.string(),
  dataPlane: z.string(),
  capabilities: capabilitiesSchema,
});
export type FactsAnswer = z.infer<typeof factsAnswer>;
