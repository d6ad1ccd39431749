import { once } from "node:events";
import { connect, createServer as createTcpServer, type AddressInfo } from "node:net";
import { Duplex, PassThrough, pipeline } from "node:stream";
import { createServer, type SecureVersion } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";
import { certificatesFor, expectationOf } from "../../../../provider/probe/expectation";
import { handshake } from "../../../../provider/probe/handshake";
import type { Endpoint } from "../../../../provider/probe/stream";
import { certificateFacts } from "../../../../provider/certificate/x509";
import { createAuthority, type IssuedCertificate } from "../../../../scripts/demo/certificate-authority";
import { freePort } from "../../../support/free-port";
import { onCleanup } from "../../../support/workspace";
import { storedDocument } from "./stored";

let issued: IssuedCertificate;
beforeAll(async () => {
  const authority = await createAuthority();
  issued = await authority.issue({ names: ["*.example.test", "example.test"] });
});

const WAYS: Readonly<Record<string, Pick<Endpoint, "connect">>> = {
  "from this machine": {},
  "over a stream of another machine's": {
    connect: async (address, port) => {
      const socket = connect({ host: address, port });
      await once(socket, "connect");
      // What an SSH channel is: a stream that is no socket.
      const there = new PassThrough();
      pipeline(there, socket, () => undefined);
      return Duplex.from({ readable: socket, writable: there });
    },
  },
};

describe.each(Object.entries(WAYS))("a probe's handshake %s", (_name, way) => {
  it("sees the certificate that is served, with and without SNI", async () => {
    const port = await serve("TLSv1.3", "TLSv1.2");
    for (const serverName of [null, "www.example.test"]) {
      const result = await handshake({ ...way, address: "127.0.0.1", port, serverName });
      expect(result).toMatchObject({
        kind: "established",
        fingerprintSha256: certificateFacts(issued.certPem).fingerprintSha256,
      });
      if (result.kind === "established") result.end();
    }
  });

  it("has an exporter value of its own each time, so that no other connection can be taken for it", async () => {
    const port = await serve("TLSv1.3", "TLSv1.2");
    const values = await Promise.all(
      [1, 2].map(async () => {
        const result = await handshake({ ...way, address: "127.0.0.1", port, serverName: null });
        if (result.kind !== "established") throw new Error(result.detail);
        result.end();
        return result.exporterHex;
      }),
    );
    expect(values[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(values[0]).not.toBe(values[1]);
  });

  it("tells a version that is refused from one that is accepted, down to TLS 1.0", async () => {
    const old = await serve("TLSv1.1", "TLSv1");
    const modern = await serve("TLSv1.3", "TLSv1.2");
    const kindOf = async (port: number, version: SecureVersion): Promise<string> => {
      const result = await handshake({ ...way, address: "127.0.0.1", port, serverName: null, version });
      if (result.kind === "established") result.end();
      return result.kind;
    };
    expect(await kindOf(old, "TLSv1")).toBe("established");
    expect(await kindOf(old, "TLSv1.2")).toBe("refused");
    expect(await kindOf(modern, "TLSv1.1")).toBe("refused");
    expect(await kindOf(modern, "TLSv1.3")).toBe("established");
  });

  it("tells a closed port from a server that hangs up", async () => {
    const closed = { ...way, address: "127.0.0.1", port: await freePort(), serverName: null };
    expect((await handshake(closed)).kind).toBe("no answer");
    const server = createTcpServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    onCleanup(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect((await handshake({ ...way, address: "127.0.0.1", port, serverName: null })).kind).toBe("refused");
  });
});

describe("what a listener shall show", () => {
  it("is nothing when it is stopped or not there", () => {
    expect(expectationOf(storedDocument(issued, { status: "Stopped" }), "shop/listener/443")).toBeNull();
    expect(expectationOf(storedDocument(issued), "shop/listener/444")).toBeNull();
  });

  it("is its certificate at the first name, the `*` filled in with something that the certificate covers", () => {
    const expectation = expectationOf(storedDocument(issued), "shop/listener/443");
    const serverName = expectation?.certificates[0]?.serverName ?? "";
    expect(serverName).not.toContain("*");
    expect(certificatesFor(serverName, expectation?.certificates ?? [])).toHaveLength(1);
    expect(certificatesFor("other.test", expectation?.certificates ?? [])).toEqual([]);
  });
});

async function serve(maxVersion: SecureVersion, minVersion: SecureVersion): Promise<number> {
  const server = createServer({
    cert: issued.chainPem,
    key: issued.keyPem,
    minVersion,
    maxVersion,
    ciphers: "ALL:@SECLEVEL=0",
  }).listen(0, "127.0.0.1");
  server.on("tlsClientError", () => undefined);
  await once(server, "listening");
  onCleanup(() => void server.close());
  return (server.address() as AddressInfo).port;
}
