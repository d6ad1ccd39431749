import { LIMITS } from "../../../contract/limits";

const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 22;
const HANDSHAKE_HEADER_BYTES = 4;
const CLIENT_HELLO = 1;
const SERVER_NAME_EXTENSION = 0;
const HOST_NAME = 0;

/**
 * The server name (SNI) that the first bytes of a connection ask for. Empty: none, or no ClientHello at all, which
 * the TLS layer will refuse. undefined: more bytes are needed.
 */
export function serverNameOf(bytes: Buffer): string | undefined {
  if (bytes.length > LIMITS.clientHelloBytes) {
    return "";
  }
  try {
    const hello = handshakeMessage(bytes);
    return hello === undefined ? undefined : nameIn(hello);
  } catch (error) {
    if (error instanceof RangeError) {
      return "";
    }
    throw error;
  }
}

/** The first handshake message, put together from its records. */
function handshakeMessage(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let collected = 0;
  for (let at = 0; ;) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE_RECORD) {
      throw new RangeError("not a handshake record");
    }
    if (bytes.length < at + RECORD_HEADER_BYTES) {
      return undefined;
    }
    const length = bytes.readUInt16BE(at + 3);
    const part = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
    parts.push(part);
    collected += part.length;
    if (collected >= HANDSHAKE_HEADER_BYTES) {
      const message = Buffer.concat(parts);
      const end = HANDSHAKE_HEADER_BYTES + message.readUIntBE(1, 3);
      if (message.length >= end || message[0] !== CLIENT_HELLO) {
        return message.subarray(0, end);
      }
    }
    if (part.length < length) {
      return undefined;
    }
    at += RECORD_HEADER_BYTES + length;
  }
}

/** Throws RangeError where the message ends too early. */
function nameIn(hello: Buffer): string {
  if (hello[0] !== CLIENT_HELLO) {
    return "";
  }
  let at = HANDSHAKE_HEADER_BYTES + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  at += 2;
  while (at < hello.length) {
    const type = hello.readUInt16BE(at);
    const length = hello.readUInt16BE(at + 2);
    if (type === SERVER_NAME_EXTENSION) {
      return firstHostName(hello.subarray(at + 4, at + 4 + length));
    }
    at += 4 + length;
  }
  return "";
}

function firstHostName(extension: Buffer): string {
  const isHostName = extension.readUInt8(2) === HOST_NAME;
  return isHostName ? extension.toString("latin1", 5, 5 + extension.readUInt16BE(3)) : "";
}
