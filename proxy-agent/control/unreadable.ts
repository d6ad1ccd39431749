import { API, STATE_FILES } from "../contract/api";
import { EMPTY_DOCUMENT } from "../contract/document";
import { serveApi, type ApiServer } from "../http/server";
import type { Logger } from "../process/log";
import { bundleSha256 } from "../process/version";
import { factsOf } from "./api/facts";
import type { Store } from "./store/store";

const LOOK_AGAIN_MILLISECONDS = 1_000;

/**
 * With a damaged document the data plane goes on with what it serves, every call but `facts` answers why, and
 * control ends, to be started anew, as soon as somebody has mended or removed the file.
 */
export function serveUnreadable({
  stateDir,
  log,
  store,
  error,
}: {
  readonly stateDir: string;
  readonly log: Logger;
  readonly store: Store;
  readonly error: Error;
}): Promise<ApiServer> {
  log.error("the document cannot be read", { error: error.message });
  setInterval(() => {
    try {
      store.load();
    } catch {
      return;
    }
    process.exit(0);
  }, LOOK_AGAIN_MILLISECONDS);
  const refuse = (): never => {
    throw error;
  };
  const ownBundle = bundleSha256();
  return serveApi({
    table: API,
    handlers: {
      facts: () => factsOf(stateDir, EMPTY_DOCUMENT, ownBundle),
      document: refuse,
      observed: refuse,
      change: refuse,
      confirm: refuse,
      revert: refuse,
      renew: refuse,
      drain: refuse,
      undrain: refuse,
      adopt: refuse,
      openProbeWindow: refuse,
      probe: refuse,
    },
    stateDir,
    socket: STATE_FILES.controlSocket,
    mode: 0o660,
    log,
  });
}
