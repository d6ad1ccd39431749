import { DATA_PLANE_CAPABILITIES, LIMITS } from "tls-offload-agent/contract";
import { z } from "zod";
import { address } from "../resource/address";
import { capability } from "../resource/capability";
import { mistake } from "../resource/finding";
import { withRefusal } from "../resource/misfit";

const { schedulers, healthCheckTypes } = DATA_PLANE_CAPABILITIES.builtin;

const healthCheckSchema = z.strictObject({
  healthCheckEnabled: z.boolean().default(true),
  healthCheckType: capability(z.enum(healthCheckTypes), "a health check of that type").default("TCP"),
  healthCheckConnectPort: z.int().min(0).max(65_535).default(0),
  healthCheckConnectTimeout: z.int().min(1).max(300).meta({ unit: "seconds" }).default(5),
  healthCheckInterval: z.int().min(1).max(50).meta({ unit: "seconds" }).default(10),
  healthyThreshold: z.int().min(2).max(10).default(2),
  unhealthyThreshold: z.int().min(2).max(10).default(2),
});

const serverSchema = z.strictObject({
  serverId: z.string().min(1),
  serverIp: address,
  port: z.int().min(1).max(65_535),
  weight: z.int().min(0).max(100).default(100),
  description: z.string().max(256).default(""),
});

/** The cloud's own words: "the client IP preservation feature must be disabled" for TCPSSL listeners. */
const clientIpNotPreserved = withRefusal(z.literal(false), (value, path) =>
  value === true ? mistake(path, "CLIENT_IP_PRESERVED", {}) : undefined,
);

const plainTcp = withRefusal(z.enum(["TCP"]), (value, path) =>
  typeof value === "string" ? mistake(path, "GROUP_PROTOCOL", {}) : undefined,
);

export const serverGroupSchema = z.strictObject({
  serverGroupName: z
    .string()
    .regex(/^[a-zA-Z][\w.-]{1,127}$/)
    .meta({ expected: "2 to 128 letters, digits and . _ -, beginning with a letter" }),
  protocol: plainTcp.default("TCP"),
  scheduler: capability(z.enum(schedulers), "that scheduler").default("Wrr"),
  connectionDrainEnabled: z.boolean().default(false),
  connectionDrainTimeout: z.int().min(10).max(900).meta({ unit: "seconds" }).default(300),
  preserveClientIpEnabled: clientIpNotPreserved.default(false),
  healthCheck: healthCheckSchema.prefault({}),
  servers: z.array(serverSchema).max(LIMITS.serversPerGroup),
  adopt: z.boolean().default(false),
});
export type ServerGroupInputs = z.output<typeof serverGroupSchema>;
