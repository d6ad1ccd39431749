import { makeHandler } from "../resource/handler";
import { domainDeclaration } from "./declaration";
import { domainOperation } from "./operation";

export const domainProvider = makeHandler(domainDeclaration, domainOperation);
