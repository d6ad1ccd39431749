import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 500;

/**
 * Runs `work` while no other process on this machine holds the lock of that name. The lock is a socket in the
 * kernel's abstract namespace: it goes with its process, however that ends, so that none can be stale.
 *
 * @template Result
 * @param {string} name a path or another text that all contenders share
 * @param {{ onWait?: (seconds: number) => void }} options onWait: called twice a second while another one works
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function exclusively(name, options, work) {
  const digest = createHash("sha256").update(name).digest("hex");
  const started = Date.now();
  let server;
  while ((server = await tryListen(`\0pulumi-tls-offload-${digest}`)) === undefined) {
    options.onWait?.((Date.now() - started) / 1000);
    await sleep(POLL_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

async function tryListen(path) {
  const server = createServer();
  try {
    server.listen(path);
    await once(server, "listening");
    return server;
  } catch (error) {
    if (error.code === "EADDRINUSE") return undefined;
    throw error;
  }
}
