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

/** Of the machine, as the agent sees it. What the machine does not tell is missing. */
const machineFacts = z.object({
  /** The machine's clock, Unix time in milliseconds. */
  timeMs: z.number(),
  /** Of one process of the agent. */
  descriptorLimit: z.number().optional(),
  somaxconn: z.number().optional(),
  tcpMaxSynBacklog: z.number().optional(),
  /** 0 off, 1 under pressure, 2 always. */
  synCookies: z.number().optional(),
  /** null: the kernel does not track connections. */
  conntrack: z.object({ count: z.number(), max: z.number() }).nullable(),
  ephemeralPorts: z.object({ low: z.number(), high: z.number() }).optional(),
  hostname: z.string(),
  /** PRETTY_NAME of os-release; may be empty. */
  os: z.string(),
});

/** What starts the agent. "none": no systemd unit of ours. */
const unitFacts = z.object({
  state: z.enum(["as installed", "edited", "missing", "not enabled", "none"]),
  /** Files with somebody's own settings. */
  dropIns: z.array(z.string()),
});

export const factsAnswer = z.object({
  agentVersion: z.string(),
  /** SHA-256 of the running bundle: how the provider tells whether an agent is the one that it carries. */
  bundleSha256: z.string(),
  contractVersions: z.array(z.int()),
  /** The load balancer that this host belongs to. */
  loadBalancerId: z.string().nullable(),
  pid: z.int(),
  /** Tells one agent from all others, whatever name and address lead to it. Missing: an agent that could not tell. */
  instance: z.string().optional(),
  /** false: nothing starts the agent's processes again when they die. Missing: an agent that could not tell. */
  supervised: z.boolean().optional(),
  nodeVersion: z.string(),
  opensslVersion: z.string(),
  /** true: the disk is a copy of another machine's; it serves and takes no change (HOST_CLONED). Missing: as facts before. */
  cloned: z.boolean().optional(),
  machine: machineFacts.optional(),
  unit: unitFacts.optional(),
  dataPlane: z.string(),
  capabilities: capabilitiesSchema,
});
export type FactsAnswer = z.infer<typeof factsAnswer>;
