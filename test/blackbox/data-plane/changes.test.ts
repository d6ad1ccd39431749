import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { healthKey, type ObservedDataPlane } from "../../../proxy-agent/data-plane/interface";
import {
  createAuthority,
  type Authority,
  type IssuedCertificate,
} from "../../../scripts/demo/certificate-authority";
import { Backend, echo, named } from "../../support/backends";
import { connects } from "../../support/connects";
import { openEcho } from "../../support/echo-connection";
import { freePort } from "../../support/free-port";
import { streamHandshakes } from "../../support/handshakes";
import { connectTls, readBytes } from "../../support/tls-client";
import { until } from "../../support/until";
import { temporaryDirectory } from "../../support/workspace";
import { configuration, fingerprintOf, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

const LONG = process.env["TEST_LONG"] === "1";

let plane: DataPlaneProcess;
let authority: Authority;
let certificate: IssuedCertificate;
let port: number;

beforeAll(async () => {
  authority = await createAuthority();
  certificate = await authority.issue({ names: ["localhost"] });
  plane = await DataPlaneProcess.start({ workers: 2 });
});

beforeEach(async () => {
  port = await freePort();
});

async function echoClient(): Promise<TLSSocket> {
  const client = await connectTls(port);
  client.write("hello");
  await readBytes(client, 5);
  return client;
}

async function isAlive(client: TLSSocket): Promise<boolean> {
  client.write("still?");
  return (await readBytes(client, 6)).toString() === "still?";
}

async function served(): Promise<ObservedDataPlane["listeners"][number] | undefined> {
  return (await plane.observe()).listeners.find(({ id }) => id === `lb/listener/${port}`);
}

describe("a renewed certificate", () => {
  test("costs no handshake and no byte of a live connection, however often it changes", async () => {
    const swaps = 100;
    const loadSeconds = LONG ? 60 : 0;
    const backend = await Backend.start(echo);
    const certificates = await Promise.all(
      (["ec", "rsa", "ec"] as const).map((keyType) => authority.issue({ names: ["localhost"], keyType })),
    );
    const serve = (chosen: IssuedCertificate): Promise<unknown> =>
      plane.apply(configuration([listener(port, [chosen])], [group([backend.port])]));
    await serve(certificate);
    const options = { host: "127.0.0.1", port, rejectUnauthorized: false };
    const live = await openEcho(options);
    const handshakes = streamHandshakes(options);
    const loadEnd = performance.now() + loadSeconds * 1_000;
    for (let swap = 0; swap < swaps || performance.now() < loadEnd; swap++) {
      const next = certificates[swap % certificates.length] ?? certificate;
      expect(await serve(next)).toEqual([]);
      const client = await connectTls(port);
      const served = client.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase();
      expect(served).toBe(fingerprintOf(next.certPem));
      client.destroy();
    }
    const { count, failures } = await handshakes.stop();
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(swaps / 10);
    expect((await live.finish()).bytes).toBeGreaterThan(0);
  });

  test("changes neither versions nor ALPN", async () => {
    const backend = await Backend.start(echo);
    const overrides = { alpnProtocols: ["h2"], securityPolicyId: "tls_cipher_policy_1_2_strict" } as const;
    for (const each of [certificate, await authority.issue({ names: ["localhost"], keyType: "rsa" })]) {
      const changed = { ...overrides, alpnProtocols: [...overrides.alpnProtocols] };
      await plane.apply(configuration([listener(port, [each], changed)], [group([backend.port])]));
      const client = await connectTls(port, { ALPNProtocols: ["h2"] });
      expect([client.alpnProtocol, client.getProtocol()]).toEqual(["h2", "TLSv1.2"]);
      client.destroy();
      await expect(connectTls(port, { minVersion: "TLSv1.3" })).rejects.toThrow(/protocol version/);
    }
  });
});

describe("a change that is refused", () => {
  test("changes nothing, and says who has the port", async () => {
    const backend = await Backend.start(echo);
    const before = configuration([listener(port, [certificate])], [group([backend.port])]);
    await plane.apply(before);
    const client = await echoClient();
    const next = configuration(
      [
        listener(port, [await authority.issue({ names: ["localhost"] })]),
        listener(backend.port, [certificate]),
      ],
      [group([backend.port])],
    );
    const expected = [
      {
        objectId: `lb/listener/${backend.port}`,
        code: "PORT_IN_USE",
        parameters: {
          port: backend.port,
          address: "127.0.0.1",
          process: expect.stringContaining(`(pid ${process.pid})`) as string,
        },
      },
    ];
    expect((await plane.call("validate", { configuration: next })).problems).toEqual(expected);
    expect(await plane.apply(next)).toEqual(expected);
    expect((await plane.observe()).generation).toBe(before.generation);
    expect(await served()).toMatchObject({
      fingerprintsSha256: [fingerprintOf(certificate.certPem)],
      workersAgree: true,
    });
    expect(await isAlive(client)).toBe(true);
    client.destroy();
  });

  test("is served in part when control starts with it", async () => {
    const backend = await Backend.start(echo);
    const broken = listener(await freePort(), [{ ...certificate, keyPem: "no key" }]);
    const next = configuration([broken, listener(port, [certificate])], [group([backend.port])]);
    expect(await plane.apply(next, { strict: false })).toMatchObject([
      { objectId: broken.id, code: "CERTIFICATE_UNUSABLE" },
    ]);
    const client = await echoClient();
    expect(await connects(broken.endpoints[0]?.port ?? 0)).toBe(false);
    client.destroy();
  });

  test("names an address that is not on the host", async () => {
    const elsewhere = listener(port, [certificate], { endpoints: [{ address: "192.0.2.1", port }] });
    expect(await plane.apply(configuration([elsewhere], []))).toMatchObject([
      { code: "ADDRESS_NOT_BINDABLE", parameters: { address: "192.0.2.1", port, detail: "EADDRNOTAVAIL" } },
    ]);
  });

  test("does not let a weak or foreign key in", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const foreign = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const next = configuration(
      [
        listener(port, [{ ...certificate, keyPem: foreign }]),
        listener(await freePort(), [selfSigned("rsa:1024")]),
        listener(await freePort(), [selfSigned("rsa:2048")]),
      ],
      [],
    );
    const { problems } = await plane.call("validate", { configuration: next });
    expect(problems).toMatchObject([
      { code: "CERTIFICATE_UNUSABLE", objectId: `lb/listener/${port}` },
      {
        code: "CERTIFICATE_UNUSABLE",
        parameters: { detail: expect.stringContaining("1024 bits") as string },
      },
    ]);
    expect(JSON.stringify(problems)).not.toContain("PRIVATE KEY");
  });
});

describe("draining", () => {
  test("a removed server's connections end by the group's clock, which retire starts", async () => {
    const [old, fresh] = [await Backend.start(echo), await Backend.start(named("fresh"))];
    const listeners = [listener(port, [certificate])];
    const drained = (servers: number[]) => group(servers, { drainTimeoutSeconds: 0.6 });
    await plane.apply(configuration(listeners, [drained([old.port])]));
    const client = await echoClient();
    client.resume();
    await plane.apply(configuration(listeners, [drained([fresh.port])]), { retire: false });
    const newcomer = await connectTls(port);
    expect((await readBytes(newcomer, 6)).toString()).toBe("fresh\n");
    newcomer.destroy();
    expect((await served())?.connectionsByServer).toMatchObject({
      [healthKey({ id: "lb/group/web" }, { id: `s${old.port}`, ip: "127.0.0.1", port: old.port })]: 1,
    });
    await expect(ending(client, 1_200)).resolves.toBe("alive");
    const retiredAt = performance.now();
    await plane.apply(configuration(listeners, [drained([fresh.port])]));
    await once(client, "end");
    expect(performance.now() - retiredAt).toBeGreaterThan(550);
    expect((await plane.counters())["ended_by_drain"]).toBeGreaterThan(0);
  });

  test("a removed listener lets go of its port at once, its connections go on, and it can come back", async () => {
    const backend = await Backend.start(echo);
    const groups = [group([backend.port])];
    await plane.apply(configuration([listener(port, [certificate])], groups));
    const client = await echoClient();
    await plane.apply(configuration([], groups), { retire: false });
    expect(await connects(port)).toBe(true);
    await plane.apply(configuration([], groups));
    expect(await connects(port)).toBe(false);
    await until("only its connection is left", async () => (await served())?.connections === 1);
    expect((await served())?.bound).toEqual([]);
    await plane.apply(configuration([listener(port, [certificate])], groups));
    const newcomer = await echoClient();
    expect(await isAlive(client)).toBe(true);
    const bound = [{ address: "127.0.0.1", port }];
    expect(await served()).toMatchObject({ bound, connections: 2, workersAgree: true });
    client.destroy();
    newcomer.destroy();
  });

  test("a listener that gets another group sends only new connections there", async () => {
    const [one, two] = [await Backend.start(echo), await Backend.start(named("two"))];
    const groups = [group([one.port], { id: "one" }), group([two.port], { id: "two" })];
    const pointed = (serverGroupId: string) => [listener(port, [certificate], { serverGroupId })];
    await plane.apply(configuration(pointed("one"), groups));
    const client = await echoClient();
    await plane.apply(configuration(pointed("two"), groups));
    const newcomer = await connectTls(port);
    expect((await readBytes(newcomer, 4)).toString()).toBe("two\n");
    expect(await isAlive(client)).toBe(true);
    client.destroy();
    newcomer.destroy();
  });
});

describe("processes that die", () => {
  test("a killed worker is replaced by one that serves the same", async () => {
    const backend = await Backend.start(echo);
    await plane.apply(configuration([listener(port, [certificate])], [group([backend.port])]));
    const [victim] = plane.workerPids();
    if (victim === undefined) throw new Error("there is no worker");
    process.kill(victim, "SIGKILL");
    await until("there are two workers again", async () => {
      const { workers } = await plane.observe();
      return workers === 2 && (await served())?.workersAgree === true;
    });
    expect(plane.workerPids()).not.toContain(victim);
    for (const client of await Promise.all(Array.from({ length: 20 }, echoClient))) client.destroy();
    expect((await plane.counters())["worker_restarts"]).toBeGreaterThan(0);
  });

  test("connections outlive the data-plane process, and the next one has the port", async () => {
    const backend = await Backend.start(echo);
    const next = configuration([listener(port, [certificate])], [group([backend.port])]);
    await plane.apply(next);
    const client = await echoClient();
    const old = plane.workerPids();
    await plane.restart();
    expect(await plane.apply(next)).toEqual([]);
    expect(await isAlive(client)).toBe(true);
    const newcomer = await echoClient();
    newcomer.destroy();
    client.destroy();
    await until("the old workers are gone", () => plane.workerPids().every((pid) => !old.includes(pid)));
  });
});

/** By OpenSSL, because the test CA makes no weak keys. */
function selfSigned(newKey: string): IssuedCertificate {
  const file = join(temporaryDirectory("certificate"), "pem");
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-nodes",
      "-subj",
      "/CN=localhost",
      "-newkey",
      newKey,
      "-keyout",
      `${file}.key`,
      "-out",
      file,
    ],
    { stdio: "ignore" },
  );
  const [certPem, keyPem] = [readFileSync(file, "utf8"), readFileSync(`${file}.key`, "utf8")];
  return { certPem, chainPem: certPem, keyPem };
}

/** "alive" after that time, or "ended". */
async function ending(client: TLSSocket, milliseconds: number): Promise<string> {
  const timer = new Promise<string>((resolve) => setTimeout(resolve, milliseconds, "alive"));
  return Promise.race([timer, once(client, "end").then(() => "ended")]);
}
