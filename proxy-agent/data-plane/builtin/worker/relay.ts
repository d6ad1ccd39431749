import type { OnReadOpts, Socket } from "node:net";
import { LIMITS } from "../../../contract/limits";
import type { Connection } from "./connection";

/**
 * Copies bytes both ways. The handlers are shared by all connections and find theirs through the socket: closures
 * of their own for each connection cost memory and time that can be measured.
 */
const CONNECTION = Symbol("connection");
type Side = Socket & { [CONNECTION]: Connection };

/** Read into by every backend socket; each read is handed on before the next one begins. */
const readBuffer = Buffer.allocUnsafeSlow(LIMITS.relayBufferBytes);

export function attachClient(connection: Connection): void {
  const client = Object.assign(connection.client, { [CONNECTION]: connection });
  client.on("error", ignore);
  client.on("close", onClientClose);
}

export function attachBackend(connection: Connection, socket: Socket): void {
  const backend = Object.assign(socket, { [CONNECTION]: connection });
  backend.on("error", ignore);
  backend.on("connect", onBackendConnect);
  backend.on("drain", onBackendDrain);
  backend.on("end", onBackendEnd);
  backend.on("close", onBackendClose);
}

/** From here on the client is read: not before there is somebody to take it. */
export function startRelay(connection: Connection): void {
  const { client, backend } = connection;
  client.on("drain", onClientDrain);
  client.on("data", onClientData);
  if (client.readableEnded) {
    // It had nothing to say and has said so while the backend was being connected.
    passEndOn(client, backend);
  } else {
    client.on("end", onClientEnd);
  }
}

export function onBackendBytes(connection: Connection): OnReadOpts {
  return { buffer: readBuffer, callback: (bytes) => toClient(connection, readBuffer.subarray(0, bytes)) };
}

/** false stops reading from the backend until the client has drained. */
function toClient(connection: Connection, chunk: Buffer): boolean {
  const { client, counters } = connection;
  connection.lastActivity = performance.now();
  if (client.writableEnded || client.destroyed) {
    return true;
  }
  counters.bytesToClients += chunk.length;
  // With nothing waiting before it the TLS layer encrypts or copies the chunk before write returns; else the chunk
  // itself is queued, and the shared buffer will be written over.
  return client.write(client.writableLength === 0 ? chunk : Buffer.from(chunk));
}

function onClientData(this: Side, chunk: Buffer): void {
  const connection = this[CONNECTION];
  const { backend, counters } = connection;
  connection.lastActivity = performance.now();
  if (backend === undefined || backend.writableEnded || backend.destroyed) {
    return;
  }
  counters.bytesFromClients += chunk.length;
  if (!backend.write(chunk)) {
    this.pause();
  }
}

function onClientDrain(this: Side): void {
  this[CONNECTION].lastActivity = performance.now();
  this[CONNECTION].backend?.resume();
}

function onBackendDrain(this: Side): void {
  this[CONNECTION].lastActivity = performance.now();
  this[CONNECTION].client.resume();
}

function onClientEnd(this: Side): void {
  passEndOn(this, this[CONNECTION].backend);
}

function onBackendEnd(this: Side): void {
  passEndOn(this, this[CONNECTION].client);
}

/**
 * Data and RST that come together are data and a clean end to libuv, and a stream that was cut off would look whole.
 * But a socket that was reset has no peer any more. Nor has one whose both sides have ended: there it cannot be told.
 */
function passEndOn(from: Socket, to: Socket | undefined): void {
  if (!from.writableEnded && from.remotePort === undefined) {
    from.destroy(new Error("reset"));
  } else {
    to?.end();
  }
}

function onBackendConnect(this: Side): void {
  this[CONNECTION].backendConnected();
}

function onClientClose(this: Side, hadError: boolean): void {
  this[CONNECTION].clientClosed(hadError);
}

function onBackendClose(this: Side, hadError: boolean): void {
  this[CONNECTION].backendClosed(hadError);
}

/** An error is always followed by close, where it is dealt with. */
function ignore(): void {
  return;
}
