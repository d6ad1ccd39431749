import { z } from "zod";

export const hostSchema = z.strictObject({
  addresses: z.array(z.union([z.ipv4(), z.ipv6()])).min(1),
  bindAddresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .optional(),
  status: z.enum(["Active", "Maintenance"]).default("Active"),
  local: z.strictObject({ stateDir: z.string().min(1).optional() }),
});

export const loadBalancerSchema = z.strictObject({
  loadBalancerName: z.string().min(2).max(128),
  hosts: z.record(z.string().regex(/^[a-zA-Z0-9][\w.-]{0,62}$/), hostSchema),
  dnsName: z.string(),
  dnsListen: z
    .strictObject({
      addresses: z
        .array(z.union([z.ipv4(), z.ipv6()]))
        .min(1)
        .optional(),
      port: z.int().min(1).max(65_535).default(53),
    })
    .optional(),
  dataPlane: z.enum(["builtin"]).default("builtin"),
  verify: z.enum(["deployer", "host", "none"]).default("deployer"),
  timeoutSeconds: z.number().min(5).max(3_600).default(300),
});
export type LoadBalancerInputs = z.output<typeof loadBalancerSchema>;
