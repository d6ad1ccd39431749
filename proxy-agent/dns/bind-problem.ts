import { OffloadError } from "../contract/errors";
import { errnoOf } from "../process/errno";
import { portHolder } from "../process/port-holder";
import type { Endpoint } from "./endpoint";

/** A bind error of Node as one of ours, naming the process that holds the port where it can be seen. */
export function bindProblem({ address, port }: Endpoint, error: unknown): OffloadError {
  if (errnoOf(error) === "EADDRINUSE") {
    // Node's own word for what failed: "bind" is UDP's, TCP's is "listen".
    const isUdp = error instanceof Error && "syscall" in error && error.syscall === "bind";
    const process = portHolder(isUdp ? "udp" : "tcp", address, port);
    return new OffloadError("PORT_IN_USE", "", { address, port, process });
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new OffloadError("ADDRESS_NOT_BINDABLE", "", { address, port, detail });
}
