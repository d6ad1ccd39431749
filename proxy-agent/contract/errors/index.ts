import { agentErrors } from "./agent";
import { fill, type ErrorDefinition, type ParametersOf } from "./define";
import { dnsErrors } from "./dns";
import { driftErrors } from "./drift";
import { hostErrors } from "./hosts";
import { inputErrors } from "./inputs";
import { runErrors } from "./run";
import { sshErrors } from "./ssh";
import { zoneErrors } from "./zone";

/** The one registry of coded errors. docs/errors.md is made from it, and a test compares the two. */
export const ERRORS = {
  ...inputErrors,
  ...hostErrors,
  ...runErrors,
  ...sshErrors,
  ...zoneErrors,
  ...agentErrors,
  ...driftErrors,
  ...dnsErrors,
} as const;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorParameters<Code extends ErrorCode> = ParametersOf<(typeof ERRORS)[Code]>;

/**
 * An error whose message is the whole story: where, what is wrong, what to do, and the code to look up.
 * Never put a value that may be secret into its parameters.
 */
export class OffloadError<Code extends ErrorCode = ErrorCode> extends Error {
  constructor(
    readonly code: Code,
    /** Where: "host edge-a", "listener web", a property path. Empty when the message says it itself. */
    readonly where: string,
    readonly parameters: ErrorParameters<Code>,
    options?: ErrorOptions,
  ) {
    super(messageOf(code, where, parameters), options);
    this.name = "OffloadError";
  }
}

/** `where: problem. Remedy. (CODE)` */
export function messageOf<Code extends ErrorCode>(
  code: Code,
  where: string,
  parameters: ErrorParameters<Code>,
): string {
  const definition: ErrorDefinition = ERRORS[code];
  const problem = fill(definition.problem, parameters);
  const remedy = fill(definition.remedy, parameters);
  return `${where === "" ? "" : `${where}: `}${problem}. ${remedy}. (${code})`;
}

/** What only an agent says, and only of a request that it did not do: INTERNAL may come after the deed. */
export function isAgentsRefusal(code: string): boolean {
  return Object.hasOwn(agentErrors, code) && code !== "INTERNAL";
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
