import { z } from "zod";

export const healthCheckSchema = z.strictObject({
  healthCheckEnabled: z.boolean().default(true),
  healthCheckType: z.enum(["TCP"]).default("TCP"),
  healthCheckConnectPort: z.int().min(0).max(65_535).default(0),
  healthCheckConnectTimeout: z.int().min(1).max(300).default(5),
  healthCheckInterval: z.int().min(1).max(50).default(10),
  healthyThreshold: z.int().min(2).max(10).default(2),
  unhealthyThreshold: z.int().min(2).max(10).default(2),
});

export const serverSchema = z.strictObject({
  serverId: z.string().min(1),
  serverIp: z.union([z.ipv4(), z.ipv6()]),
  port: z.int().min(1).max(65_535),
  weight: z.int().min(0).max(100).default(100),
  description: z.string().max(256).default(""),
});

export const serverGroupSchema = z.strictObject({
  serverGroupName: z.string().regex(/^[a-zA-Z][\w.-]{1,127}$/),
  protocol: z.enum(["TCP"]).default("TCP"),
  scheduler: z.enum(["Wrr", "Rr"]).default("Wrr"),
  connectionDrainEnabled: z.boolean().default(false),
  connectionDrainTimeout: z.int().min(10).max(900).default(300),
  preserveClientIpEnabled: z.literal(false).default(false),
  healthCheck: healthCheckSchema.prefault({}),
  servers: z.array(serverSchema).max(400),
  adopt: z.boolean().default(false),
});
export type ServerGroupInputs = z.output<typeof serverGroupSchema>;
