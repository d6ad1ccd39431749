import { beforeAll, describe, expect, test } from "vitest";
import {
  createAuthority,
  type Authority,
  type IssuedCertificate,
} from "../../../scripts/demo/certificate-authority";
import { Backend, named } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, sClient } from "../../support/tls-client";
import { configuration, fingerprintOf, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

let plane: DataPlaneProcess;
let authority: Authority;
let certificates: Record<"default" | "exact" | "wildcard", IssuedCertificate>;
let port: number;
let alpnPort: number;

beforeAll(async () => {
  authority = await createAuthority({ intermediate: true });
  certificates = {
    default: await authority.issue({ names: ["default.test"] }),
    exact: await authority.issue({ names: ["www.example.test"] }),
    wildcard: await authority.issue({ names: ["*.example.test"], keyType: "rsa" }),
  };
  const backend = await Backend.start(named("ECS01"));
  [port, alpnPort] = [await freePort(), await freePort()];
  plane = await DataPlaneProcess.start({ workers: 1 });
  const { default: first, exact, wildcard } = certificates;
  const listeners = [
    listener(port, [first, wildcard, exact]),
    listener(alpnPort, [first, exact], { alpnProtocols: ["h2", "http/1.1"] }),
  ];
  expect(await plane.apply(configuration(listeners, [group([backend.port])]))).toEqual([]);
});

async function served(servername: string): Promise<string | undefined> {
  const client = await connectTls(port, { servername });
  const raw = client.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase();
  client.destroy();
  return Object.entries(certificates).find(([, { certPem }]) => fingerprintOf(certPem) === raw)?.[0];
}

describe("the certificate that a client gets", () => {
  test.each([
    ["www.example.test", "exact"],
    ["WWW.Example.TEST", "exact"],
    ["www.example.test.", "exact"],
    ["shop.example.test", "wildcard"],
    ["a.b.example.test", "default"],
    ["example.test", "default"],
    ["elsewhere.test", "default"],
    ["", "default"],
  ])("for the name '%s' is the %s one", async (name, expected) => {
    expect(await served(name)).toBe(expected);
  });

  test("comes with its intermediates, leaf first, without the root", async () => {
    const output = await sClient(port, ["-showcerts", "-servername", "www.example.test"]);
    expect(output).toMatch(/ 0 s:CN = www\.example\.test\n/);
    expect(output).toMatch(/ 1 s:CN = Demo CA intermediate\n/);
    expect(output.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  test("is what the data plane says it has", async () => {
    const observed = (await plane.observe()).listeners.find(({ id }) => id === `lb/listener/${port}`);
    const { default: first, exact, wildcard } = certificates;
    expect(observed).toMatchObject({
      bound: [{ address: "127.0.0.1", port }],
      fingerprintsSha256: [first, wildcard, exact].map(({ certPem }) => fingerprintOf(certPem)),
      workersAgree: true,
    });
  });
});

describe("ALPN", () => {
  test.each([
    [["http/1.1", "h2"], "h2"],
    [["http/1.1"], "http/1.1"],
  ])("of %s the server's first choice is taken", async (ALPNProtocols, expected) => {
    const client = await connectTls(alpnPort, { ALPNProtocols });
    expect(client.alpnProtocol).toBe(expected);
    client.destroy();
  });

  test("holds under a chosen certificate as well", async () => {
    const client = await connectTls(alpnPort, { ALPNProtocols: ["h2"], servername: "www.example.test" });
    expect(client.alpnProtocol).toBe("h2");
    client.destroy();
  });

  test("is silent where the listener has it off", async () => {
    const client = await connectTls(port, { ALPNProtocols: ["h2"] });
    expect(client.alpnProtocol).toBe(false);
    client.destroy();
  });
});
