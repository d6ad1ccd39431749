import { OffloadError } from "tls-offload-agent/contract";

type Code = "HOSTS_REFUSED" | "HOSTS_NOT_INSTALLED";

/** What several hosts say, each in its own words. */
class SeveralFailed extends OffloadError<Code> {
  constructor(code: Code, reasons: readonly string[], hosts: { failed: number; all: number }) {
    super(code, "", hosts);
    this.message = [this.message, ...reasons].join("\n");
  }
}

/** One error for all hosts that failed, of `all`: a person is not to meet them one `up` after the other. */
export function together(code: Code, failures: readonly Error[], all: number): Error {
  const reasons = [...new Set(failures.map(({ message }) => message))];
  const [only] = failures;
  if (only !== undefined && reasons.length === 1) return only;
  return new SeveralFailed(code, reasons, { failed: failures.length, all });
}
