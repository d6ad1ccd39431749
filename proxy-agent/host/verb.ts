import { OffloadError } from "../contract/errors";
import { redact } from "../process/redact";
import { whileLocked } from "./lock";
import { install, type Progress } from "./install";
import { uninstall } from "./uninstall";

/**
 * `install` and `uninstall` for a program: progress on standard error, and one line of JSON on standard output, the
 * result or the error. Runs to its end even when the login that started it is cut.
 */
export async function runHostVerb(verb: "install" | "uninstall", node: string): Promise<void> {
  const ignore = (): void => undefined;
  process.on("SIGHUP", ignore);
  process.stdout.on("error", ignore);
  process.stderr.on("error", ignore);
  const progress: Progress = (text) => process.stderr.write(`${text}\n`);
  try {
    const result = await whileLocked((): Promise<object> =>
      verb === "install" ? install(node, progress) : uninstall(),
    );
    process.stdout.write(`${JSON.stringify({ ok: true, ...result })}\n`);
  } catch (error) {
    const { code, where, parameters, message } = errorOf(error);
    process.stdout.write(`${JSON.stringify({ ok: false, code, where, parameters, message })}\n`);
    process.exitCode = 1;
  }
}

function errorOf(error: unknown): OffloadError {
  if (error instanceof OffloadError) return error as OffloadError;
  const detail = redact(error instanceof Error ? error.message : String(error));
  return new OffloadError("INTERNAL", "", { detail }, { cause: error });
}
