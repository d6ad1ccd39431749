import type { ResourceLog } from "../../../provider/engine-log/resource-log";

export interface RecordedLog extends ResourceLog {
  readonly lines: string[];
}

/** Keeps what a person would be told: "warning: ...". */
export function recordedLog(): RecordedLog {
  const lines: string[] = [];
  const keep =
    (kind: string) =>
    (text: string): void => {
      lines.push(`${kind}: ${text}`);
    };
  return {
    lines,
    info: keep("info"),
    warning: keep("warning"),
    progress: keep("progress"),
    debug: keep("debug"),
    flush: () => Promise.resolve(),
  };
}
