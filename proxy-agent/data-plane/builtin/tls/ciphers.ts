import { createSecureContext } from "node:tls";
import type { SecurityPolicy } from "../../../contract/security-policy";

export interface Ciphers {
  /** For node:tls, in the policy's order, with the policy's security level. */
  readonly list: string;
  /** Those of the policy that this process's OpenSSL does not have. */
  readonly unavailable: readonly string[];
}

const known = new Map<string, Ciphers>();

export function ciphersOf(policy: SecurityPolicy): Ciphers {
  const cached = known.get(policy.id);
  if (cached !== undefined) {
    return cached;
  }
  const unavailable = policy.ciphers.filter((cipher) => !isAvailable(cipher));
  const available = policy.ciphers.filter((cipher) => !unavailable.includes(cipher));
  const ciphers = { list: [...available, `@SECLEVEL=${policy.securityLevel}`].join(":"), unavailable };
  known.set(policy.id, ciphers);
  return ciphers;
}

/** Tried out, because a list of names says nothing about what a build leaves out. */
function isAvailable(cipher: string): boolean {
  try {
    // Without `ca` each context would load all well-known roots.
    createSecureContext({ ciphers: cipher, ca: [] });
    return true;
  } catch {
    return false;
  }
}
