import type { Declaration } from "../resource/definition";
import { certificateRules, deriveCertificate } from "./rules";
import { certificateSchema } from "./schema";

export const certificateDeclaration: Declaration = {
  type: "Certificate",
  schema: certificateSchema,
  rules: certificateRules,
  derive: deriveCertificate,
  replaceOn: [],
  orderless: [],
  // keySpkiSha256 stands for both: which key it is counts, not where it lies.
  notCompared: ["key", "keyFile"],
  secrets: ["key"],
};
