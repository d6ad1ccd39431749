import { LIMITS } from "tls-offload-agent/contract";
import { z } from "zod";

export const certificateSchema = z.strictObject({
  certificateName: z.string().min(1).max(64),
  cert: z.string().max(LIMITS.chainBytes),
  key: z.string().optional(),
  keyFile: z.string().optional(),
  adopt: z.boolean().default(false),
  /** Not declared by a program: check computes it from the key, so that state and diff need no key. */
  keySpkiSha256: z.string().optional(),
});
export type CertificateInputs = z.output<typeof certificateSchema>;
