import { once } from "node:events";
import type { SecureVersion } from "node:tls";
import { connect } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { startBackend } from "../../support/backend";
import { freePort } from "../../support/free-port";
import { readAll, type ClientOptions } from "../../support/tls-client";
import { certificate, change, group, listener, loadBalancer, LOAD_BALANCER } from "./objects";

const AT_ONCE = 20;
const SECOND_CERTIFICATE = `${LOAD_BALANCER}/certificate/second`;

let port: number;

beforeAll(async () => {
  const agent = await TestAgent.start();
  const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const backend = await startBackend("ECS01");
  port = await freePort();
  // Servers that are tried in vain: clients have ended their side before there is a backend to tell it to.
  const ports = [await freePort(), await freePort(), backend.port];
  const additional = { additionalCertificateIds: [SECOND_CERTIFICATE] };
  const certificates = [certificate(issued), certificate(issued, SECOND_CERTIFICATE)];
  await agent.call(
    "change",
    change([loadBalancer(), ...certificates, group(ports), listener(port, additional)]),
  );
});

/** What an echo server sends back to a client that ends its side at that moment and reads to the end. */
async function echoOf(sent: Buffer, when: string, version: SecureVersion): Promise<Buffer> {
  const options: ClientOptions = { minVersion: version, maxVersion: version, rejectUnauthorized: false };
  const client = connect({ ...options, host: "127.0.0.1", port });
  const received = readAll(client);
  if (when !== "before the handshake") await once(client, "secureConnect");
  if (when === "in the tick after its data") {
    client.write(sent);
    await new Promise((resolve) => setImmediate(resolve));
    client.end();
  } else {
    client.end(sent);
  }
  return received;
}

describe.each(["TLSv1.2", "TLSv1.3"] as const)("a client that ends its side (%s)", (version) => {
  test.each(["before the handshake", "with its data", "in the tick after its data"])(
    "%s still gets everything back, then the end",
    async (when) => {
      for (const bytes of [5, 300_000]) {
        const sent = Buffer.alloc(bytes, "x");
        const echoes = Array.from({ length: AT_ONCE }, () => echoOf(sent, when, version));
        const lengths = (await Promise.all(echoes)).map((echo) => echo.length);
        expect(lengths).toEqual(lengths.map(() => bytes));
      }
    },
  );
});
