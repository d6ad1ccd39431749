import { z } from "zod";
import { rfc2136Schema } from "../zone/schema";

export const domainSchema = z.strictObject({
  domainName: z.string(),
  /** Where the zone is served, one of the two: a rule says so, because unknowns may stand for either. */
  dns: z.strictObject({
    /** By the agents themselves. The load balancer is in the hidden input. */
    embedded: z
      .strictObject({ loadBalancerId: z.string().meta({ expected: "a LoadBalancer as `loadBalancer`" }) })
      .optional(),
    /** By a server that takes signed updates. */
    rfc2136: rfc2136Schema.optional(),
  }),
  verificationMethod: z.enum(["publish", "manual"]).default("publish"),
  timeoutSeconds: z.number().min(5).max(3_600).meta({ unit: "seconds" }).default(300),
  adopt: z.boolean().default(false),
});
export type DomainInputs = z.output<typeof domainSchema>;
