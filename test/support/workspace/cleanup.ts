import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { endProcessesNaming } from "./processes";

type Cleanup = () => void | Promise<void>;

let pending: Cleanup[] | null = null;

/**
 * Runs when the test file ends, passed or failed, last registered first. Call it from a test, a hook or the
 * top of a test file; every clean-up runs, and the first failure is thrown afterwards.
 */
export function onCleanup(cleanup: Cleanup): void {
  pending ??= [];
  pending.push(cleanup);
}

/** A directory that goes away with the test file, together with every process that was started on it. */
export function temporaryDirectory(label: string): string {
  const directory = mkdtempSync(join(process.env["TLS_OFFLOAD_TEST_RUN"] ?? tmpdir(), `${label}-`));
  onCleanup(async () => {
    await endProcessesNaming(directory);
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

afterAll(async () => {
  const failures: unknown[] = [];
  for (const cleanup of (pending ?? []).reverse()) {
    await Promise.resolve()
      .then(cleanup)
      .catch((error: unknown) => failures.push(error));
  }
  pending = null;
  if (failures.length > 0) throw failures[0];
});
