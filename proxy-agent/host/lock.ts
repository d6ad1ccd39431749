import { createServer, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { OffloadError } from "../contract/errors";
import { LIMITS } from "../contract/limits";
import { errnoOf } from "../process/errno";

/** In the kernel's abstract namespace: free as soon as its holder is gone, however that ends. */
const NAME = "\0tls-offload-install";
const POLL_MILLISECONDS = 100;

/** One installation at a time on a host. Throws INSTALL_BUSY when another does not end. */
export async function whileLocked<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + LIMITS.installQueueSeconds * 1_000;
  let lock = await tryToTake();
  while (lock === undefined) {
    if (performance.now() > deadline) {
      throw new OffloadError("INSTALL_BUSY", "", { seconds: LIMITS.installQueueSeconds });
    }
    await delay(POLL_MILLISECONDS);
    lock = await tryToTake();
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function tryToTake(): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((stranger) => stranger.destroy());
    server.once("error", (error) => {
      if (errnoOf(error) === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(NAME, () => {
      resolve(server);
    });
  });
}
