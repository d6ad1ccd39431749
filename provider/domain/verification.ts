import { createHash } from "node:crypto";
import { normalize } from "../dns/name";

/** A TXT record that proves ownership: its host prefix and its value. */
export interface VerificationRecord {
  readonly rr: string;
  readonly value: string;
}

const VERIFICATION_RR = "_offload-challenge";
const TOKEN_CHARACTERS = 40;

/** The same in every `up` of one stack: whoever may change the zone may publish it. */
export function verificationOf(domainName: string, owner: string): VerificationRecord {
  return {
    rr: VERIFICATION_RR,
    value: `offload-verification=${tokenOf(domainName, owner).slice(0, TOKEN_CHARACTERS)}`,
  };
}

/** Hexadecimal, of the stack and the domain. */
export function tokenOf(domainName: string, owner: string): string {
  const [project, stack] = owner.split("/");
  return createHash("sha256")
    .update(`${project ?? ""}/${stack ?? ""}/${normalize(domainName)}`)
    .digest("hex");
}
