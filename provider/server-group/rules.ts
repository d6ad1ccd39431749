import type { Declaration } from "../resource/definition";

export const serverGroupRules: Declaration["rules"] = () => [];
