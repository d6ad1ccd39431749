import * as net from "node:net";
import { getSystemErrorName } from "node:util";
import { OffloadError } from "../../../contract/errors";
import { portHolder } from "../../../process/port-holder";
import { endpointOf } from "../messages";

/** libuv's flag: an IPv6 address means IPv6 alone, so that 0.0.0.0 and :: can have the same port. */
const IPV6_ONLY = 1;

/** A bound TCP socket that this process does not listen on; it can be sent to a worker. */
export interface BoundSocket {
  getsockname(out: object): number;
  close(): void;
}

/**
 * What node:cluster uses for its shared handles. net.Server cannot do it: it accepts in the process that binds.
 * Answers a negative errno instead of a socket when it fails.
 */
type CreateHandle = (
  address: string,
  port: number,
  addressType: 4 | 6,
  descriptor: number,
  flags: number,
) => BoundSocket | number;
const createHandle = (net as unknown as { _createServerHandle: CreateHandle })._createServerHandle;

/** The socket, or the name of the system's error. */
export function bind(endpoint: string): BoundSocket | string {
  const { address, port } = endpointOf(endpoint);
  const isIpv6 = net.isIPv6(address);
  const socket = createHandle(address, port, isIpv6 ? 6 : 4, -1, isIpv6 ? IPV6_ONLY : 0);
  if (typeof socket === "number") {
    return getSystemErrorName(socket);
  }
  // libuv keeps EADDRINUSE back until the socket is used.
  const late = socket.getsockname({});
  if (late === 0) {
    return socket;
  }
  socket.close();
  return getSystemErrorName(late);
}

/** PORT_IN_USE with the process that has the port, or ADDRESS_NOT_BINDABLE. */
export function bindError(endpoint: string, errorCode: string): OffloadError {
  const { address, port } = endpointOf(endpoint);
  return errorCode === "EADDRINUSE"
    ? new OffloadError("PORT_IN_USE", "", { port, address, process: portHolder("tcp", address, port) })
    : new OffloadError("ADDRESS_NOT_BINDABLE", "", { address, port, detail: errorCode });
}
