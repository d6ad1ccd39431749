import { makeHandler } from "../resource/handler";
import { tcpSslListenerDeclaration } from "./declaration";
import { tcpSslListenerOperation } from "./operation";

export const tcpSslListenerProvider = makeHandler(tcpSslListenerDeclaration, tcpSslListenerOperation);
