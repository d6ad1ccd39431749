import { Duplex } from "node:stream";
import { connect } from "node:tls";

/**
 * The first bytes of a TLS client, without a server name (RFC 8446 4.1.2). They may be sent any number of times: what
 * belongs to them in secret is forgotten, so that no handshake that they begin can ever be completed.
 */
export function makeClientHello(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        done();
        resolve(bytes);
        wire.destroy();
      },
    });
    // Without `ca` all well-known roots would be loaded.
    connect({ socket: wire, ca: [] }).on("error", reject);
  });
}
