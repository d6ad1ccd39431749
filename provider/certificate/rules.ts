import type { Declaration } from "../resource/definition";

export const certificateRules: Declaration["rules"] = () => [];
export const deriveCertificate: Declaration["derive"] = () => ({});
