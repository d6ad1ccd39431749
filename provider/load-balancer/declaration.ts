import type { Declaration } from "../resource/definition";
import { loadBalancerRules } from "./rules";
import { loadBalancerSchema } from "./schema";

export const loadBalancerDeclaration: Declaration = {
  type: "LoadBalancer",
  schema: loadBalancerSchema,
  rules: loadBalancerRules,
  derive: () => ({}),
  replaceOn: [],
  orderless: ["hosts.*.addresses", "hosts.*.bindAddresses", "dnsListen.addresses"],
  notCompared: [],
  secrets: [],
};
