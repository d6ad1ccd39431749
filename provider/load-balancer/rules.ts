import type { Declaration } from "../resource/definition";

export const loadBalancerRules: Declaration["rules"] = () => [];
