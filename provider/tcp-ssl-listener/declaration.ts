import type { Declaration } from "../resource/definition";
import { tcpSslListenerRules } from "./rules";
import { tcpSslListenerSchema } from "./schema";

export const tcpSslListenerDeclaration: Declaration = {
  type: "TcpSslListener",
  schema: tcpSslListenerSchema,
  rules: tcpSslListenerRules,
  derive: () => ({}),
  replaceOn: ["listenerPort"],
  orderless: ["additionalCertificateIds", "caCertificateIds"],
  notCompared: [],
  secrets: [],
};
