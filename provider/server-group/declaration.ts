import type { Declaration } from "../resource/definition";
import { serverGroupRules } from "./rules";
import { serverGroupSchema } from "./schema";

export const serverGroupDeclaration: Declaration = {
  type: "ServerGroup",
  schema: serverGroupSchema,
  rules: serverGroupRules,
  derive: () => ({}),
  replaceOn: [],
  orderless: ["servers"],
  notCompared: [],
  secrets: [],
};
