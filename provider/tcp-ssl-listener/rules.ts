import type { Declaration } from "../resource/definition";

export const tcpSslListenerRules: Declaration["rules"] = () => [];
