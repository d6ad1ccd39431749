import { makeHandler } from "../resource/handler";
import { cnameRecordDeclaration } from "./declaration";
import { cnameRecordOperation } from "./operation";

export const cnameRecordProvider = makeHandler(cnameRecordDeclaration, cnameRecordOperation);
