import { checkedFqdn, domainName, hostPrefix, isApex, normalize, targetName } from "../dns/name";
import type { Declaration, Unchecked } from "../resource/definition";
import { mistake, type Finding } from "../resource/finding";
import { text } from "../resource/known";

/** What a name is refused for, in the words of the one place that knows. */
const detailOf = (result: { readonly problem?: string | undefined }): string | undefined => result.problem;

export const cnameRecordRules: Declaration["rules"] = (inputs) => {
  const domain = text(inputs["domainName"]);
  const rr = text(inputs["rr"]);
  const value = text(inputs["value"]);
  const found: Finding[] = [];
  if (inputs["domainId"] === "") found.push(mistake("domainName", "DOMAIN_NOT_DECLARED", {}));
  const ofDomain = domain === undefined ? undefined : detailOf(domainName(domain));
  if (ofDomain !== undefined) found.push(mistake("domainName", "DOMAIN_INVALID", { detail: ofDomain }));
  const ofPrefix = rr === undefined ? [] : prefixFindings(rr);
  const ofValue = value === undefined ? undefined : detailOf(targetName(value));
  if (ofValue !== undefined) found.push(mistake("value", "DOMAIN_INVALID", { detail: ofValue }));
  const whole = ofPrefix.length > 0 || ofDomain !== undefined ? [] : wholeFindings(domain, rr, value);
  return [...found, ...ofPrefix, ...whole];
};

function prefixFindings(rr: string): Finding[] {
  if (isApex(rr)) return [mistake("rr", "CNAME_AT_APEX", {})];
  const detail = detailOf(hostPrefix(rr));
  return detail === undefined ? [] : [mistake("rr", "RR_INVALID", { detail })];
}

function wholeFindings(
  domain: string | undefined,
  rr: string | undefined,
  value: string | undefined,
): Finding[] {
  if (domain === undefined || rr === undefined) return [];
  const whole = checkedFqdn(rr, domain);
  if (whole.name === undefined) return [mistake("rr", "RR_INVALID", { detail: whole.problem })];
  const toItself = value !== undefined && normalize(value) === whole.name;
  return toItself ? [mistake("value", "CNAME_TO_ITSELF", {})] : [];
}

/** Names are compared without case and final dot; so they are kept that way. */
export const deriveCnameRecord: Declaration["derive"] = (inputs) => Object.fromEntries(normalNames(inputs));

function normalNames(inputs: Unchecked): [string, string][] {
  return ["domainName", "rr", "value"].flatMap((property): [string, string][] => {
    const name = text(inputs[property]);
    return name === undefined ? [] : [[property, property === "rr" ? name.toLowerCase() : normalize(name)]];
  });
}
