import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { connect } from "node:tls";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { serverNameOf } from "../../../../proxy-agent/data-plane/builtin/tls/client-hello";

let hello: Buffer;
let nameless: Buffer;

/** What a real client sends first. */
async function record(servername?: string): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = (server.address() as AddressInfo).port;
  const client = connect({ port, host: "127.0.0.1", ...(servername !== undefined && { servername }) });
  client.on("error", () => undefined);
  const [socket] = (await once(server, "connection")) as [NodeJS.ReadableStream];
  const [chunk] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  server.close();
  return chunk;
}

beforeAll(async () => {
  [hello, nameless] = await Promise.all([record("www.example.test"), record()]);
});

describe("the server name in a ClientHello", () => {
  test("is found in a real client's, and empty where there is none", () => {
    expect(serverNameOf(hello)).toBe("www.example.test");
    expect(serverNameOf(nameless)).toBe("");
  });

  test("needs the whole message, whatever the cuts", () => {
    for (let length = 0; length < hello.length; length++) {
      expect(serverNameOf(hello.subarray(0, length))).toBeUndefined();
    }
  });

  test("is found when the message is spread over several records", () => {
    const message = hello.subarray(5);
    const records = [];
    for (let at = 0; at < message.length; at += 50) {
      const part = message.subarray(at, at + 50);
      records.push(Buffer.of(22, 3, 1, 0, part.length), part);
    }
    expect(serverNameOf(Buffer.concat(records))).toBe("www.example.test");
  });

  test("is empty for what is not TLS, at once", () => {
    for (const text of ["GET / HTTP/1.1\r\n", "SSH-2.0-", "\x80\x2e\x01\x00\x02"]) {
      expect(serverNameOf(Buffer.from(text, "latin1"))).toBe("");
    }
  });

  test("is given up when the message is too long", () => {
    const endless = Buffer.alloc(LIMITS.clientHelloBytes + 1, 0);
    for (let at = 0; at < endless.length; at += 5) endless[at] = 22;
    expect(serverNameOf(endless)).toBe("");
  });

  test("never makes bytes from the network an exception", () => {
    const mutated = fc.record({
      at: fc.nat(hello.length - 1),
      value: fc.nat(255),
      cut: fc.nat(hello.length),
    });
    fc.assert(
      fc.property(fc.array(mutated, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(hello);
        for (const { at, value } of changes) bytes[at] = value;
        const name = serverNameOf(bytes.subarray(0, changes[0]?.cut));
        expect(["string", "undefined"]).toContain(typeof name);
      }),
      { numRuns: 2_000 },
    );
  });
});
