import { z } from "zod";

export const domainSchema = z.strictObject({
  domainName: z.string(),
  /** Where the zone is served: by the agents themselves. The load balancer is in the hidden input. */
  dns: z.strictObject({
    embedded: z.strictObject({
      loadBalancerId: z.string().meta({ expected: "a LoadBalancer as `loadBalancer`" }),
    }),
  }),
  verificationMethod: z.enum(["publish"]).default("publish"),
  adopt: z.boolean().default(false),
});
export type DomainInputs = z.output<typeof domainSchema>;
