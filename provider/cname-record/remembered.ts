import { fqdn, normalize } from "../dns/name";
import type { Remembered } from "../resource/remembered";
import type { CnameRecordInputs } from "./schema";

/** Resolvers keep a CNAME for its TTL, and lead people to its value, though it is gone or leads elsewhere by now. */
export function rememberedFor({ rr, domainName, value, ttl, status }: CnameRecordInputs): Remembered | null {
  if (status !== "ENABLE") return null;
  return { name: fqdn(rr, domainName), target: normalize(value), ttlSeconds: ttl };
}
