import { once } from "node:events";
import { createServer } from "node:net";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DataPlaneListener } from "../../../proxy-agent/data-plane/interface";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { Backend, named } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, readBytes } from "../../support/tls-client";
import { onCleanup } from "../../support/workspace";
import { configuration, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

let plane: DataPlaneProcess;
let certificate: IssuedCertificate;
let port: number;

beforeAll(async () => {
  certificate = await (await createAuthority()).issue({ names: ["localhost"] });
  plane = await DataPlaneProcess.start({ workers: 2 });
});

beforeEach(async () => {
  port = await freePort();
});

describe("an IPv6 listener", () => {
  const on = (address: string): DataPlaneListener =>
    listener(port, [certificate], { endpoints: [{ address, port }] });

  test.each(["::1", "::"])("on %s serves IPv6 beside an IPv4 one on the same port", async (address) => {
    const backend = await Backend.start(named("ECS01"));
    const both = [
      { address: "127.0.0.1", port },
      { address, port },
    ];
    const next = configuration([listener(port, [certificate], { endpoints: both })], [group([backend.port])]);
    expect(await plane.apply(next)).toEqual([]);
    expect((await plane.observe()).listeners[0]?.bound).toEqual(both);
    for (const host of ["127.0.0.1", "::1"]) {
      const client = await connectTls(port, { host });
      expect((await readBytes(client, 6)).toString()).toBe("ECS01\n");
      client.destroy();
    }
  });

  test("names who has its port, and not who has that port of IPv4", async () => {
    await plane.apply(configuration([], []));
    const [ipv4, ipv6] = [createServer(), createServer()];
    onCleanup(() => {
      ipv4.close();
      ipv6.close();
    });
    ipv4.listen(port, "127.0.0.1");
    await once(ipv4, "listening");
    expect(
      (await plane.call("validate", { configuration: configuration([on("::1")], []) })).problems,
    ).toEqual([]);
    ipv6.listen({ port, host: "::1", ipv6Only: true });
    await once(ipv6, "listening");
    expect(await plane.apply(configuration([on("::1")], []))).toMatchObject([
      {
        code: "PORT_IN_USE",
        parameters: { process: expect.stringContaining(`(pid ${process.pid})`) as string },
      },
    ]);
  });
});
