import { z } from "zod";

export const cnameRecordSchema = z.strictObject({
  domainName: z.string(),
  /** Host prefix: "www", "*" or "a.b". */
  rr: z.string(),
  value: z.string(),
  ttl: z.int().min(1).max(86_400).meta({ unit: "seconds" }).default(600),
  line: z.literal("default").default("default"),
  status: z.enum(["ENABLE", "DISABLE"]).default("ENABLE"),
  remark: z.string().max(256).default(""),
  adopt: z.boolean().default(false),
  /** Not declared by a program: the id of the domain's object, which the constructor knows. */
  domainId: z.string(),
});
export type CnameRecordInputs = z.output<typeof cnameRecordSchema>;
