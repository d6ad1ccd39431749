import { LIMITS } from "tls-offload-agent/contract";
import type { Holding } from "../dns/claim/plan";
import { fqdn, normalize } from "../dns/name";
import { stackOf, type HiddenZoneInput, type ZoneOperation } from "../zone/operation";
import { awaitText, seesText } from "./await-text";
import { domainSchema, type DomainInputs } from "./schema";
import { tokenOf, verificationOf } from "./verification";

/** A Domain in somebody's zone: a TXT record, put there with the key or, with `manual`, by a person. */
export const domainZoneOperation: ZoneOperation<DomainInputs> = {
  schema: domainSchema,
  idOf: ({ domainName }, hidden) => `${stackOf(hidden)}/domain/${normalize(domainName)}`,
  holdingOf: (inputs, hidden) => (inputs.verificationMethod === "manual" ? null : holdingOf(inputs, hidden)),
  // The record is no input: what is missing shows in verificationRecord and in `drift`.
  inputsOf: (_sight, old) => old,
  outputsOf: ({ domainName }, { owner }) => ({
    verificationRecord: verificationOf(domainName, owner),
    verificationStatus: "pending",
  }),
  patienceSeconds: ({ timeoutSeconds }) => timeoutSeconds,
  after: async (inputs, around) => {
    await awaitText(inputs, around);
    return { verificationStatus: "verified" };
  },
  observe: async (inputs, around) => ({
    verificationStatus: (await seesText(inputs, around)) ? "verified" : "not verified",
  }),
};

/** Several stacks may prove one domain: each has a record of its own in the set, and an owner record of its own. */
function holdingOf({ domainName }: DomainInputs, { owner }: HiddenZoneInput): Holding {
  const { rr, value } = verificationOf(domainName, owner);
  const name = fqdn(rr, domainName);
  return {
    name,
    ownerName: `_offload-owner-${tokenOf(domainName, owner).slice(0, 16)}.${name}`,
    types: ["TXT"],
    records: [{ type: "TXT", name, ttlSeconds: LIMITS.verificationTtlSeconds, texts: [value] }],
    share: "shared",
  };
}
