import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { handshake, type HandshakeResult } from "../../../provider/probe/handshake";
import { verifyClosed } from "../../../provider/probe/listener";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { sshClient } from "../../../provider/transport/ssh/client";
import { closeSessions } from "../../../provider/transport/ssh/pool";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { freePort } from "../../support/free-port";
import { describeUnless } from "../../support/needs";
import { failureOf, openTo } from "../../support/ssh/open";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";

const ADDRESS = "127.0.0.1";

describeUnless(missingForSshd, "a probe that the host makes over SSH", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterEach(closeSessions);
  afterAll(() => sshd.stop());

  it("sees what listens there, as a probe from here would", async () => {
    const { chainPem: cert, keyPem: key } = await (await createAuthority()).issue({ names: ["a.test"] });
    const server = createServer({ cert, key }).listen(0, ADDRESS);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const result = await probe(sshd, port);
    expect(result.kind).toBe("established");
    if (result.kind === "established") result.end();
    server.close();
  });

  it("sees that nothing listens", async () => {
    const port = await freePort();
    expect(await probe(sshd, port)).toMatchObject({
      kind: "no answer",
      detail: expect.stringContaining("Connection refused") as string,
    });
    await verifyClosed(placeAt(sshd, port), deadlineIn(5));
  });

  it("says that sshd forbids it, and never takes that for a closed port", async () => {
    const restricted = await startSshd({ keyOptions: `command="cat",restrict` });
    try {
      expect(await failureOf(probe(restricted, restricted.port))).toContain("it is prohibited there");
      const closed = verifyClosed(placeAt(restricted, restricted.port), deadlineIn(5));
      expect(await failureOf(closed)).toContain("(SSH_CHANNEL_REFUSED)");
    } finally {
      await restricted.stop();
    }
  });
});

function probe(sshd: Sshd, port: number): Promise<HandshakeResult> {
  return handshake({ ...placeAt(sshd, port), serverName: "a.test" });
}

function placeAt(sshd: Sshd, port: number): Parameters<typeof verifyClosed>[0] {
  const agent = sshClient("edge-a", () => openTo(sshd), "true");
  const { connect } = agent;
  const where = "host edge-a: shop/listener/443";
  return {
    agent,
    listenerId: "shop/listener/443",
    address: ADDRESS,
    port,
    where,
    ...(connect && { connect }),
  };
}
