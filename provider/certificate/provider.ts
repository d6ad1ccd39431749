import { makeHandler } from "../resource/handler";
import { certificateDeclaration } from "./declaration";
import { certificateOperation } from "./operation";

export const certificateProvider = makeHandler(certificateDeclaration, certificateOperation);
