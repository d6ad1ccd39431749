import { makeHandler } from "../resource/handler";
import { serverGroupDeclaration } from "./declaration";
import { serverGroupOperation } from "./operation";

export const serverGroupProvider = makeHandler(serverGroupDeclaration, serverGroupOperation);
