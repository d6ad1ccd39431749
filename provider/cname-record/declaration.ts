import type { Declaration } from "../resource/definition";
import { cnameRecordRules, deriveCnameRecord } from "./rules";
import { cnameRecordSchema } from "./schema";

export const cnameRecordDeclaration: Declaration = {
  type: "CnameRecord",
  schema: cnameRecordSchema,
  rules: cnameRecordRules,
  derive: deriveCnameRecord,
  replaceOn: ["domainName", "rr", "domainId"],
  orderless: [],
  notCompared: [],
  secrets: [],
};
