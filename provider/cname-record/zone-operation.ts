import { LIMITS } from "tls-offload-agent/contract";
import type { RecordData } from "../dns/rfc2136/types";
import { ownerNameOf } from "../dns/claim/owner-record";
import { fqdn, normalize } from "../dns/name";
import { stackOf, type ZoneOperation } from "../zone/operation";
import { rememberedFor } from "./remembered";
import { cnameRecordSchema, type CnameRecordInputs } from "./schema";

/** A record in somebody's zone: the CNAME, and beside it whose it is. */
export const cnameRecordZoneOperation: ZoneOperation<CnameRecordInputs> = {
  schema: cnameRecordSchema,
  idOf: ({ rr, domainName }, hidden) => `${stackOf(hidden)}/record/${fqdn(rr, domainName)}`,
  holdingOf: (inputs) => {
    const name = fqdn(inputs.rr, inputs.domainName);
    return {
      name,
      ownerName: ownerNameOf(name),
      types: ["CNAME"],
      records: inputs.status === "ENABLE" ? [cnameOf(inputs)] : [],
      share: "whole",
    };
  },
  inputsOf: ({ records }, old) => {
    const cname = records.find(({ type }) => type === "CNAME");
    if (cname?.type !== "CNAME") return { ...old, status: "DISABLE" };
    const value = normalize(old.value) === cname.target ? old.value : cname.target;
    return { ...old, status: "ENABLE", value, ttl: cname.ttlSeconds };
  },
  outputsOf: ({ rr, domainName }) => ({ fqdn: fqdn(rr, domainName) }),
  patienceSeconds: () => LIMITS.zoneOperationSeconds,
  remembered: rememberedFor,
};

function cnameOf({ rr, domainName, value, ttl }: CnameRecordInputs): RecordData {
  return { type: "CNAME", name: fqdn(rr, domainName), ttlSeconds: ttl, target: normalize(value) };
}
