import { connect } from "node:net";
import { errnoOf } from "../process/errno";
import type { CheckDetail } from "./state";

export interface CheckAddress {
  readonly ip: string;
  readonly port: number;
}

/** Connects and closes. Never rejects. */
export function tcpCheck({ ip, port }: CheckAddress, timeoutSeconds: number): Promise<CheckDetail> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port });
    const finish = (detail: CheckDetail): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(detail);
    };
    const timer = setTimeout(() => {
      finish(`no connection within ${timeoutSeconds} s`);
    }, timeoutSeconds * 1_000);
    socket.once("connect", () => {
      finish("");
    });
    socket.on("error", (error) => {
      finish(errnoOf(error) || error.message);
    });
  });
}
