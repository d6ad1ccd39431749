import { z } from "zod";
import { DEFAULT_TSIG_ALGORITHM, TSIG_ALGORITHMS, type TsigAlgorithm } from "../dns/tsig/algorithms";
import { ENVIRONMENT_VARIABLE, LOCAL_FILE, MACHINE } from "../resource/formats";

const ALGORITHMS = Object.keys(TSIG_ALGORITHMS) as [TsigAlgorithm, ...TsigAlgorithm[]];

/** A domain name (RFC 8945 4.2), of one label or more. Some people's have a slash. */
const KEY_NAME = z
  .string()
  .regex(/^(?:[\w/@:+-]{1,63}\.)*[\w/@:+-]{1,63}\.?$/)
  .max(253)
  .meta({ expected: "the key's name as the server knows it, such as offload-key" });

const fields = {
  /** Name or address of the zone's primary server. */
  server: MACHINE,
  port: z.int().min(1).max(65_535).default(53),
  /** The zone that the server has; absent: a default of the resource's. */
  zone: z.string().optional(),
  transport: z.enum(["tcp", "udp"]).default("tcp"),
  keyName: KEY_NAME,
  keyAlgorithm: z.enum(ALGORITHMS).default(DEFAULT_TSIG_ALGORITHM),
  /** Base64, as `tsig-keygen` and `keymgr` print it. */
  keySecret: z.string().optional(),
  /** By reference: the name of an environment variable of the machine that runs Pulumi. */
  keySecretEnv: ENVIRONMENT_VARIABLE.optional(),
  /** By reference: a file on the machine that runs Pulumi, with the secret alone in it. */
  keySecretFile: LOCAL_FILE.optional(),
};

/** A zone that takes signed dynamic updates (RFC 2136), as a program declares it. */
export const rfc2136Schema = z
  .strictObject(fields)
  .meta({ expected: "an object with `server`, `keyName` and the key's secret" });

/** The same as a resource keeps it, with its zone. Tolerant: a newer version may have written it. */
export const zoneSchema = z.object({ ...fields, zone: z.string() });
export type Zone = z.output<typeof zoneSchema>;

/** The leaf that may be secret. */
export const ZONE_SECRET = "keySecret";
/** The leaf that is a path on the machine that runs Pulumi. */
export const ZONE_FILE = "keySecretFile";
