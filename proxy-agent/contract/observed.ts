import { z } from "zod";

const endpoint = z.object({ address: z.string(), port: z.int() });

/** Something that is declared but cannot be served; the rest is. */
const problem = z.object({ objectId: z.string(), code: z.string(), message: z.string() });

export const healthState = z.enum([
  /** No check has finished yet: gets connections only where no healthy server is known. */
  "unknown",
  "healthy",
  "unhealthy",
  /** Health checks are off: counts as healthy. */
  "unchecked",
]);
export type HealthState = z.infer<typeof healthState>;

export const observedListener = z.object({
  listenerId: z.string(),
  /** The sockets that are really bound. */
  bound: z.array(endpoint),
  /** The certificates in the workers' memory, default first. */
  fingerprintsSha256: z.array(z.string()),
  securityPolicyId: z.string(),
  /** Ciphers of the policy that this host's OpenSSL does not have. */
  unavailableCiphers: z.array(z.string()),
  serverGroupId: z.string(),
  connections: z.int(),
  /** false: the workers do not all serve the same. */
  workersAgree: z.boolean(),
});
export type ObservedListener = z.infer<typeof observedListener>;

export const observedServer = z.object({
  serverGroupId: z.string(),
  serverId: z.string(),
  ip: z.string(),
  port: z.int(),
  weight: z.int(),
  health: healthState,
  /** Why the last check failed; empty when it did not. */
  detail: z.string(),
  /**
   * Whether a check ever succeeded since this server is in the document and control runs. Not kept over a restart of
   * control: its first check decides at once, so only a server that is down at that very time counts as new again.
   */
  everHealthy: z.boolean(),
  connections: z.int(),
});
export type ObservedServer = z.infer<typeof observedServer>;

/** A server group in the workers' memory. */
export const observedGroup = z.object({
  serverGroupId: z.string(),
  servers: z.array(z.object({ serverId: z.string(), ip: z.string(), port: z.int(), weight: z.int() })),
  /** false: the workers do not all have the same. */
  workersAgree: z.boolean(),
});
export type ObservedGroup = z.infer<typeof observedGroup>;

/** An address of the load balancer's own name, as this host's DNS process finds it. */
export const observedAddress = z.object({
  address: z.string(),
  /** false: TLS did not answer on every listener's port, several probes in a row. */
  serves: z.boolean(),
  /** Whether the name leads to it: where none serves, it leads to all. */
  given: z.boolean(),
  /** Why the last probe failed; empty when it did not. */
  detail: z.string(),
});
export type ObservedAddress = z.infer<typeof observedAddress>;

/** What is, beside what was declared. */
export const observedAnswer = z.object({
  generation: z.int(),
  dataPlane: z.object({
    state: z.enum(["running", "down"]),
    version: z.string(),
    workers: z.int(),
    listeners: z.array(observedListener),
    /** Missing: a data plane that could not tell. */
    groups: z.array(observedGroup).optional(),
    /**
     * How long connections that a group's own drain setting gives time to may still go on; 0: there is none. Missing: a
     * data plane that could not tell.
     */
    drainSeconds: z.number().optional(),
  }),
  servers: z.array(observedServer),
  dns: z.object({
    state: z.enum(["running", "down", "off"]),
    bound: z.array(endpoint),
    zones: z.array(z.string()),
    /** Those that are probed. Missing: an agent that probes none. */
    addresses: z.array(observedAddress).optional(),
  }),
  problems: z.array(problem),
  /** Drained by hand (`proxy-agent drain`): it listens nowhere until undrained. Missing: an agent that could not tell. */
  drained: z.boolean().optional(),
  /** Why, as the person said; may be empty. Missing: it is not drained. */
  drainReason: z.string().optional(),
});
export type ObservedAnswer = z.infer<typeof observedAnswer>;
export type Problem = z.infer<typeof problem>;
