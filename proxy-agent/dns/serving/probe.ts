import { connect } from "node:net";
import { LIMITS } from "../../contract/limits";
import type { CheckDetail } from "../../health/state";
import { errnoOf } from "../../process/errno";
import type { Endpoint } from "../endpoint";

/** null: it tells nothing about the other side. */
export type ProbeResult = CheckDetail | null;

/** First byte of a TLS record that carries a handshake (RFC 8446 5.1). */
const HANDSHAKE_RECORD = 22;
/** Errors that tell nothing about the other side, beside its closing at once. */
const UNDECIDED: ReadonlySet<string> = new Set([
  // It took the connection and closed it.
  "ECONNRESET",
  "EPIPE",
  // This host itself has no way to the address, or no descriptor left.
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EMFILE",
  "ENFILE",
]);

/**
 * Whether TLS answers there. A port that only accepts is not enough: the kernel accepts for a process that hangs. The
 * handshake is not gone on with, so no backend hears of it, and its reset counts as no failure. Whoever closes at once
 * is alive and at a limit of its own (connectionsPerWorker, cps): to leave it out for that would lead its clients to the
 * others, and then these to their limits. Never rejects.
 */
export function probe({ address, port }: Endpoint, clientHello: Buffer): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true });
    let isConnected = false;
    const finish = (result: ProbeResult): void => {
      clearTimeout(timer);
      // A reset leaves no TIME_WAIT behind; before there is a connection it would wait for one.
      if (isConnected && !socket.destroyed) socket.resetAndDestroy();
      else socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => {
      finish(`no ${isConnected ? "answer" : "connection"} within ${LIMITS.servingAnswerSeconds} s`);
    }, LIMITS.servingAnswerSeconds * 1_000);
    socket.once("connect", () => {
      isConnected = true;
      socket.write(clientHello);
    });
    socket.once("data", ([type]: Buffer) => {
      finish(type === HANDSHAKE_RECORD ? "" : "no TLS handshake in its answer");
    });
    socket.once("end", () => {
      finish(null);
    });
    socket.on("error", (error) => {
      const code = errnoOf(error) || error.message;
      finish(UNDECIDED.has(code) ? null : code);
    });
  });
}
