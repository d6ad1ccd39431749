import { readFile } from "node:fs/promises";
import { OffloadError } from "tls-offload-agent/contract";
import { expandHome, reasonOf } from "../transport/ssh/local-file";
import { normalize } from "../dns/name";
import type { Primary } from "../dns/rfc2136/primary";
import { parseTsigSecret } from "../dns/tsig/secret";
import { SECRET_VARIABLE, secretVariableOf } from "../dns/tsig/secret-variable";
import type { Zone } from "./schema";

type Environment = Readonly<Record<string, string | undefined>>;

interface Found {
  readonly text: string;
  /** For messages. */
  readonly from: string;
}

/**
 * The zone's primary, with its key. OFFLOAD_DNS_KEY_SECRET_<KEY NAME> comes first, because refresh and destroy have the
 * declaration of the last `up`, whose key may have been given another secret since. OFFLOAD_DNS_KEY_SECRET says no key's
 * name, and would be wrong for all but one: it counts where the declared secret is not here. Throws DNS_KEY_MISSING or
 * TSIG_SECRET_MALFORMED.
 */
export async function primaryOf(zone: Zone, environment: Environment = process.env): Promise<Primary> {
  const { server, port, transport, keyName: name, keyAlgorithm: algorithm } = zone;
  const { text, from } = await secretOf(zone, environment);
  const reading = parseTsigSecret(text);
  if (reading.refusal !== undefined) {
    throw new OffloadError(reading.refusal.code, `DNS key ${name}, ${from}`, reading.refusal.parameters);
  }
  const key = { name: normalize(name), algorithm, secret: reading.secret };
  return { server, port, transport, zone: zone.zone, key };
}

async function secretOf(zone: Zone, environment: Environment): Promise<Found> {
  const own = inVariable(secretVariableOf(zone.keyName), environment);
  if (own !== null) return own;
  const declared = await declaredSecret(zone, environment);
  if (!(declared instanceof OffloadError)) return declared;
  const any = inVariable(SECRET_VARIABLE, environment);
  if (any !== null) return any;
  throw declared;
}

function inVariable(from: string, environment: Environment): Found | null {
  const text = environment[from] ?? "";
  return text === "" ? null : { text, from };
}

/** An error, not thrown: it is not here. */
async function declaredSecret(
  { keySecret, keySecretEnv, keySecretFile, keyName: name }: Zone,
  environment: Environment,
): Promise<Found | OffloadError> {
  const missing = (detail: string): OffloadError =>
    new OffloadError("DNS_KEY_MISSING", "", { name, variable: secretVariableOf(name), detail });
  if (keySecret !== undefined) return { text: keySecret, from: "`keySecret`" };
  if (keySecretEnv !== undefined) {
    const found = inVariable(keySecretEnv, environment);
    // Not by its name, which may be a secret that was put there by mistake.
    if (found !== null) return { ...found, from: "`keySecretEnv`" };
    return missing("the environment variable that `keySecretEnv` names is not set");
  }
  // A handle of another stack brings no secret along.
  if (keySecretFile === undefined) return missing("its secret is not in this program");
  try {
    const text = (await readFile(expandHome(keySecretFile), "utf8")).trim();
    return { text, from: "`keySecretFile`" };
  } catch (error) {
    return missing(`the file that \`keySecretFile\` names cannot be read: ${reasonOf(error)}`);
  }
}
