import { messageOf, type ErrorCode, type ErrorParameters } from "tls-offload-agent/contract";

/** A mistake or a piece of advice about one property. A value that may be secret is never in it. */
export interface Finding {
  /** An error is refused; a warning is said and nothing is refused; "at preview": of what the change itself tells more. */
  readonly severity: "error" | "warning" | "at preview";
  /** "servers[1].port"; "" for the resource as a whole. */
  readonly path: string;
  readonly code: ErrorCode;
  /** `path: problem. Remedy. (CODE)`, behind a prefix where the reader would not know the resource. */
  readonly text: (prefix?: string) => string;
}

export function mistake<Code extends ErrorCode>(
  path: string,
  code: Code,
  parameters: ErrorParameters<Code>,
): Finding {
  return { severity: "error", path, code, text: textOf(path, code, parameters) };
}

export function advice<Code extends ErrorCode>(
  path: string,
  code: Code,
  parameters: ErrorParameters<Code>,
  severity: "warning" | "at preview" = "warning",
): Finding {
  return { severity, path, code, text: textOf(path, code, parameters) };
}

function textOf<Code extends ErrorCode>(
  path: string,
  code: Code,
  parameters: ErrorParameters<Code>,
): Finding["text"] {
  return (prefix = "") =>
    messageOf(code, [prefix, path].filter((part) => part !== "").join(": "), parameters);
}
