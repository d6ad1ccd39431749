import { isErrorCode, messageOf, OffloadError } from "../contract/errors";
import type { Problem } from "../contract/observed";

/** Why one object cannot be served, before it is put into words. `code` is one of the registry. */
export interface ObjectProblem {
  readonly objectId: string;
  readonly code: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

export function errorOfProblem({ objectId, code, parameters }: ObjectProblem): OffloadError {
  return isErrorCode(code)
    ? new OffloadError(code, objectId, parameters)
    : new OffloadError("INTERNAL", objectId, { detail: code });
}

export function describeProblem(problem: ObjectProblem): Problem {
  const { objectId, code, parameters } = problem;
  const message = isErrorCode(code) ? messageOf(code, objectId, parameters as never) : code;
  return { objectId, code, message };
}
