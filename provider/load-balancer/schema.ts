import { z } from "zod";
import { address } from "../resource/address";
import { connectionSchema, FILE_FIELDS, SECRET_FIELDS } from "../transport/ssh/connection";
import { rfc2136Schema, ZONE_FILE, ZONE_SECRET } from "../zone/schema";

const port = z.int().min(1).max(65_535);

/** One of `local` and `connection`: a rule says so, because unknowns may stand for either. */
const hostSchema = z.strictObject({
  addresses: z.array(address).min(1),
  bindAddresses: z.array(address).min(1).optional(),
  status: z.enum(["Active", "Maintenance"]).default("Active"),
  local: z
    .strictObject({ stateDir: z.string().min(1).optional() })
    .meta({ expected: "`local: {}` to run the agent on the machine that runs Pulumi" })
    .optional(),
  connection: connectionSchema
    .meta({ expected: "`connection: { host, user, ... }` for a machine that is reached over SSH" })
    .optional(),
});

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
  dns: z
    .strictObject({ rfc2136: rfc2136Schema })
    .meta({ expected: "`dns: { rfc2136: { server, keyName, keySecret } }`" })
    .optional(),
  adopt: z.boolean().default(false),
  dnsListen: z
    .strictObject({
      addresses: z.array(address).min(1).optional(),
      port: port.default(53),
      public: z.boolean().default(false),
    })
    .optional(),
  dataPlane: z.enum(["builtin"]).default("builtin"),
  verify: z.enum(["deployer", "host", "none"]).default("deployer"),
  timeoutSeconds: z.number().min(5).max(3_600).meta({ unit: "seconds" }).default(300),
});
export type LoadBalancerInputs = z.output<typeof loadBalancerSchema>;

/** The ways to every login of a load balancer, in its inputs and in the target alike. */
const LOGINS = ["hosts.*.connection", "hosts.*.connection.proxy"] as const;

/** Where secrets by value may stand, in a load balancer's inputs and in the target alike. */
export const SECRET_PATHS = [...fieldsOfLogins(SECRET_FIELDS), `dns.rfc2136.${ZONE_SECRET}`];

/** Where paths on the machine that runs Pulumi may stand. */
export const FILE_PATHS = [...fieldsOfLogins(FILE_FIELDS), `dns.rfc2136.${ZONE_FILE}`];

function fieldsOfLogins(fields: readonly string[]): readonly string[] {
  return LOGINS.flatMap((login) => fields.map((field) => `${login}.${field}`));
}
