import { connect as tlsConnect, type TLSSocket } from "node:tls";
import {
  LIMITS,
  OffloadError,
  PROBE_EXPORTER_BYTES,
  PROBE_EXPORTER_LABEL,
  type TlsVersion,
} from "tls-offload-agent/contract";
import { openStream, type Endpoint, type OpenStream } from "./stream";

export interface HandshakeWish extends Endpoint {
  /** null: no SNI. */
  readonly serverName: string | null;
  /** Offers this version only; absent: all that this machine can. */
  readonly version?: TlsVersion;
}

/** A connection that stays open until `end` is called. */
export interface Established {
  readonly kind: "established";
  readonly fingerprintSha256: string;
  /** By which both ends know this connection. */
  readonly exporterHex: string;
  readonly end: () => void;
}

export type HandshakeResult =
  | Established
  /** The other end answered and would not. */
  | { readonly kind: "refused"; readonly detail: string }
  /** This machine's OpenSSL sent nothing: it cannot offer the version. */
  | { readonly kind: "not offered"; readonly detail: string }
  /** No TCP connection, or silence. */
  | { readonly kind: "no answer"; readonly detail: string };

/**
 * One fresh handshake, never resumed. Any certificate is taken: what it is, is the caller's question. Throws where the
 * way to the endpoint itself is barred.
 */
export async function handshake(wish: HandshakeWish): Promise<HandshakeResult> {
  try {
    return await secured(await openStream(wish), wish);
  } catch (error) {
    if (error instanceof OffloadError) throw error;
    return { kind: "no answer", detail: error instanceof Error ? error.message : String(error) };
  }
}

function secured(
  { stream, isSilent }: OpenStream,
  { serverName, version }: HandshakeWish,
): Promise<HandshakeResult> {
  return new Promise((resolve) => {
    const finish = (result: HandshakeResult): void => {
      clearTimeout(timer);
      if (result.kind !== "established") stream.destroy();
      resolve(result);
    };
    const fail = (detail: string): void => {
      finish({ kind: isSilent() ? "not offered" : "refused", detail });
    };
    const timer = setTimeout(() => {
      finish({ kind: "no answer", detail: `no handshake within ${LIMITS.verifyHandshakeSeconds} s` });
    }, LIMITS.verifyHandshakeSeconds * 1_000);
    stream.once("close", () => {
      fail("the connection was closed during the handshake");
    });
    try {
      const secure = tlsConnect({
        socket: stream,
        rejectUnauthorized: false,
        // The lowest level, so that only the other end decides what is refused.
        ciphers: "ALL:@SECLEVEL=0",
        ...(serverName === null ? {} : { servername: serverName }),
        ...(version === undefined ? {} : { minVersion: version, maxVersion: version }),
      });
      secure.on("error", (error: Error) => {
        fail(error.message);
      });
      secure.once("secureConnect", () => {
        finish(established(secure));
      });
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  });
}

function established(secure: TLSSocket): Established {
  const fingerprint = secure.getPeerCertificate().fingerprint256;
  return {
    kind: "established",
    fingerprintSha256: fingerprint.replaceAll(":", "").toLowerCase(),
    exporterHex: secure
      // Without a context, which TLS 1.2 tells from an empty one; the agent does the same.
      .exportKeyingMaterial(PROBE_EXPORTER_BYTES, PROBE_EXPORTER_LABEL, undefined as never)
      .toString("hex"),
    end: () => secure.destroy(),
  };
}
