import type { Declaration } from "../resource/definition";
import { deriveDomain, domainRules } from "./rules";
import { domainSchema } from "./schema";

export const domainDeclaration: Declaration = {
  type: "Domain",
  schema: domainSchema,
  rules: domainRules,
  derive: deriveDomain,
  // And another zone, as any resource in one: see resource/diff.ts.
  replaceOn: ["domainName", "dns.embedded"],
  orderless: [],
  notCompared: [],
  secrets: ["dns.rfc2136.keySecret"],
};
