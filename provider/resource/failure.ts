import { messageOf, OffloadError } from "tls-offload-agent/contract";
import type { ResourceLog } from "../engine-log/resource-log";
import { ChangeFailed } from "../fleet/aftermath";

/**
 * What is thrown to the SDK's server. It prints `${error}: ${error.stack}` on the person's screen, so these two
 * together are the message.
 */
export class ShownError extends Error {
  constructor(
    private readonly resourceName: string,
    message: string,
  ) {
    super(message);
    this.name = "ShownError";
    this.stack = message;
  }

  override toString(): string {
    return this.resourceName;
  }
}

/**
 * The change is in force and something about it is not right: Pulumi keeps the resource with these properties and
 * runs an update at the next `up`, even with no difference.
 */
export class PartialFailure extends ShownError {
  constructor(
    resourceName: string,
    readonly id: string,
    /** With `__provider`: the server does not add it here, and delete would fail without. */
    readonly properties: Readonly<Record<string, unknown>>,
    readonly reasons: readonly string[],
  ) {
    super(resourceName, reasons.join("\n"));
    this.name = "PartialFailure";
  }
}

/** Any error in the form in which a person sees it. A mistake of ours leaves its stack in the debug log. */
export function shown(error: unknown, resourceName: string, log: ResourceLog): ShownError {
  if (error instanceof ShownError) return error;
  if (error instanceof OffloadError || error instanceof ChangeFailed) {
    return new ShownError(resourceName, error.message);
  }
  log.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const detail = error instanceof Error ? error.message : String(error);
  return new ShownError(resourceName, messageOf("PROVIDER_FAILED", "", { detail }));
}
