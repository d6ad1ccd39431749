import { z } from "zod";

/** A machine's name or IP address: not "user@host", "host:22" or "ssh://host". */
export const MACHINE = z
  .string()
  .regex(/^(?:[\w.-]+|(?=[^:]*:[^:]*:)[\da-fA-F:.]+(?:%[\w.-]+)?)$/)
  .meta({ expected: "a name or IP address alone; user and port have properties of their own" });

/** Strict, so that a secret that was put here by mistake is refused instead of being told as a name. */
export const ENVIRONMENT_VARIABLE = z
  .string()
  .regex(/^[A-Za-z_]\w*$/)
  .max(128)
  .meta({ expected: "the name of an environment variable" });

/** A path on the machine that runs Pulumi. */
export const LOCAL_FILE = z.string().min(1).max(4_096);
