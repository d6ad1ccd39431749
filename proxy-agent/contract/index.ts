export * from "./api";
export * from "./change";
export * from "./document";
export {
  ERRORS,
  isAgentsRefusal,
  isErrorCode,
  messageOf,
  OffloadError,
  type ErrorCode,
  type ErrorParameters,
} from "./errors";
export type { ErrorDefinition } from "./errors/define";
export * from "./facts";
export * from "./host-layout";
export { HOST_REMOVAL } from "./host-removal";
export * from "./limits";
export { isNewer } from "./newer";
export * from "./object";
export * from "./observed";
export * from "./probe";
export * from "./security-policy";
export { servesAll } from "./serving";
