import { domainName, normalize } from "../dns/name";
import type { Declaration } from "../resource/definition";
import { mistake, type Finding } from "../resource/finding";
import { text } from "../resource/known";
import { isPlainObject } from "../resource/parse";

export const loadBalancerRules: Declaration["rules"] = (inputs) => {
  const found: Finding[] = [];
  const name = text(inputs["dnsName"]);
  const detail = name === undefined ? undefined : domainName(name).problem;
  if (detail !== undefined) found.push(mistake("dnsName", "DOMAIN_INVALID", { detail }));
  const { hosts } = inputs;
  if (isPlainObject(hosts) && Object.keys(hosts).length === 0)
    found.push(mistake("hosts", "INPUT_VALUE", { expected: "at least one host" }));
  return found;
};

/** Names are compared without case and final dot; so they are kept that way. */
export const deriveLoadBalancer: Declaration["derive"] = (inputs) => {
  const name = text(inputs["dnsName"]);
  return name === undefined ? {} : { dnsName: normalize(name) };
};
