import { z } from "zod";
import { address } from "../resource/address";
import { mistake } from "../resource/finding";
import { withRefusedNames } from "../resource/misfit";

const port = z.int().min(1).max(65_535);

const hostSchema = withRefusedNames(
  z.strictObject({
    addresses: z.array(address).min(1),
    bindAddresses: z.array(address).min(1).optional(),
    status: z.enum(["Active", "Maintenance"]).default("Active"),
    local: z
      .strictObject({ stateDir: z.string().min(1).optional() })
      .meta({ expected: "`local: {}` to run the agent on the machine that runs Pulumi" }),
  }),
  { connection: (path) => mistake(path, "CONNECTION_NOT_HELD", {}) },
);

export const loadBalancerSchema = z.strictObject({
  loadBalancerName: z.string().min(2).max(128),
  hosts: z
    .record(
      z
        .string()
        .regex(/^[a-zA-Z0-9][\w.-]{0,62}$/)
        .meta({ expected: "a host's name of 1 to 63 letters, digits and . _ -" }),
      hostSchema,
    )
    .meta({ expected: "an object of hosts by name" }),
  dnsName: z.string(),
  dnsListen: z
    .strictObject({
      addresses: z.array(address).min(1).optional(),
      port: port.default(53),
    })
    .optional(),
  dataPlane: z.enum(["builtin"]).default("builtin"),
  verify: z.enum(["deployer", "host", "none"]).default("deployer"),
  timeoutSeconds: z.number().min(5).max(3_600).meta({ unit: "seconds" }).default(300),
});
export type LoadBalancerInputs = z.output<typeof loadBalancerSchema>;
