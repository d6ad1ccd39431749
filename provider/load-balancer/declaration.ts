import type { Declaration } from "../resource/definition";
import { deriveLoadBalancer, loadBalancerRules } from "./rules";
import { CONNECTION_SECRETS, loadBalancerSchema } from "./schema";

export const loadBalancerDeclaration: Declaration = {
  type: "LoadBalancer",
  schema: loadBalancerSchema,
  rules: loadBalancerRules,
  derive: deriveLoadBalancer,
  replaceOn: [],
  orderless: ["hosts.*.addresses", "hosts.*.bindAddresses", "dnsListen.addresses"],
  notCompared: [],
  secrets: CONNECTION_SECRETS,
};
