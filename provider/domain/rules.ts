import { domainName, normalize } from "../dns/name";
import type { Declaration, Unchecked } from "../resource/definition";
import { mistake, type Finding } from "../resource/finding";
import { properties, text } from "../resource/known";
import { isPlainObject } from "../resource/parse";
import { zoneFindings } from "../zone/rules";

export const domainRules: Declaration["rules"] = (inputs) => [
  ...nameFindings(inputs),
  ...wayFindings(inputs),
  ...serverFindings(inputs),
];

function wayFindings(inputs: Unchecked): Finding[] {
  const { embedded, rfc2136 } = properties(inputs["dns"]);
  if (!isPlainObject(inputs["dns"])) return [];
  if (embedded === undefined && rfc2136 === undefined) return [mistake("dns", "DNS_WAY_MISSING", {})];
  if (embedded !== undefined && rfc2136 !== undefined) return [mistake("dns", "DNS_WAY_TWICE", {})];
  if (embedded === undefined)
    return isPlainObject(rfc2136) ? zoneFindings(rfc2136, "dns.rfc2136", text(inputs["domainName"])) : [];
  return inputs["verificationMethod"] === "manual"
    ? [mistake("verificationMethod", "VERIFICATION_NOT_MANUAL", {})]
    : [];
}

/** Its load balancer's arguments say so already: better here than after half of the program was created. */
function serverFindings(inputs: Unchecked): Finding[] {
  const { dnsPort, loadBalancerId } = properties(properties(inputs["__offload"])["target"]);
  const id = text(loadBalancerId);
  if (dnsPort !== null || id === undefined) return [];
  return [mistake("dns.embedded.loadBalancer", "DNS_NOT_SERVED", { loadBalancerId: id })];
}

function nameFindings(inputs: Unchecked): Finding[] {
  const name = text(inputs["domainName"]);
  const detail = name === undefined ? undefined : domainName(name).problem;
  return detail === undefined ? [] : [mistake("domainName", "DOMAIN_INVALID", { detail })];
}

/** Names are compared without case and final dot; so they are kept that way. */
export const deriveDomain: Declaration["derive"] = (inputs) => {
  const name = text(inputs["domainName"]);
  return name === undefined ? {} : { domainName: normalize(name) };
};
