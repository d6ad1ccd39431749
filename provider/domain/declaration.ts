import type { Declaration } from "../resource/definition";
import { deriveDomain, domainRules } from "./rules";
import { domainSchema } from "./schema";

export const domainDeclaration: Declaration = {
  type: "Domain",
  schema: domainSchema,
  rules: domainRules,
  derive: deriveDomain,
  replaceOn: ["domainName", "dns.embedded", "dns.rfc2136.zone"],
  orderless: [],
  notCompared: [],
  secrets: ["dns.rfc2136.keySecret"],
};
