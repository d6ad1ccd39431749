import { readFile } from "node:fs/promises";
import { OffloadError } from "tls-offload-agent/contract";
import { expandHome, reasonOf } from "../transport/ssh/local-file";
import { normalize } from "../dns/name";
import type { Primary } from "../dns/rfc2136/primary";
import { parseTsigSecret } from "../dns/tsig/secret";
import type { Zone } from "./schema";

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = "OFFLOAD_DNS_KEY_SECRET";

/**
 * The zone's primary, with its key. OFFLOAD_DNS_KEY_SECRET comes first, because refresh and destroy have the
 * declaration of the last `up`, whose key may have been replaced since. Throws DNS_KEY_MISSING or
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

async function secretOf(zone: Zone, environment: Environment): Promise<{ text: string; from: string }> {
  const { keySecret, keySecretEnv, keySecretFile, keyName: name } = zone;
  const given = environment[VARIABLE] ?? "";
  if (given !== "") return { text: given, from: VARIABLE };
  if (keySecret !== undefined) return { text: keySecret, from: "`keySecret`" };
  if (keySecretEnv !== undefined) {
    const text = environment[keySecretEnv] ?? "";
    if (text !== "") return { text, from: "`keySecretEnv`" };
    // Not by its name, which may be a secret that was put there by mistake.
    const detail = "the environment variable that `keySecretEnv` names is not set";
    throw new OffloadError("DNS_KEY_MISSING", "", { name, detail });
  }
  if (keySecretFile === undefined) {
    // A handle of another stack brings no secret along.
    throw new OffloadError("DNS_KEY_MISSING", "", { name, detail: "its secret is not in this program" });
  }
  try {
    const text = (await readFile(expandHome(keySecretFile), "utf8")).trim();
    return { text, from: "`keySecretFile`" };
  } catch (error) {
    const detail = `the file that \`keySecretFile\` names cannot be read: ${reasonOf(error)}`;
    throw new OffloadError("DNS_KEY_MISSING", "", { name, detail });
  }
}
