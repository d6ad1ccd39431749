import type { Declaration } from "../resource/definition";
import { deriveLoadBalancer, loadBalancerRules } from "./rules";
import { loadBalancerSchema, SECRET_PATHS } from "./schema";

export const loadBalancerDeclaration: Declaration = {
  type: "LoadBalancer",
  schema: loadBalancerSchema,
  rules: loadBalancerRules,
  derive: deriveLoadBalancer,
  replaceOn: [],
  orderless: ["hosts.*.addresses", "hosts.*.bindAddresses", "dnsListen.addresses"],
  notCompared: [],
  secrets: SECRET_PATHS,
};
