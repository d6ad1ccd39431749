import { createHash } from "node:crypto";
import { once } from "node:events";
import { beforeAll, describe, expect, test } from "vitest";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { Backend, named } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, readBytes } from "../../support/tls-client";
import { configuration, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
type Version = (typeof VERSIONS)[number];

let plane: DataPlaneProcess;
let certificate: IssuedCertificate;
let backend: Backend;
let port: number;
let otherPort: number;

const apply = async (certificates: IssuedCertificate[], ticketKeyBase64?: string): Promise<void> => {
  const overrides = ticketKeyBase64 === undefined ? {} : { ticketKeyBase64 };
  const listeners = [listener(port, certificates, overrides), listener(otherPort, certificates)];
  expect(await plane.apply(configuration(listeners, [group([backend.port])]))).toEqual([]);
};

/** A session that a full handshake gave. */
async function getSession(version: Version): Promise<Buffer> {
  const client = await connectTls(port, {
    minVersion: version,
    maxVersion: version,
    servername: "localhost",
  });
  const session =
    version === "TLSv1.2" ? client.getSession() : ((await once(client, "session"))[0] as Buffer);
  await readBytes(client, 1);
  client.end();
  if (session === undefined) throw new Error("no session");
  return session;
}

async function resumes(version: Version, session: Buffer, at = port): Promise<boolean> {
  const client = await connectTls(at, {
    minVersion: version,
    maxVersion: version,
    servername: "localhost",
    session,
  });
  const reused = client.isSessionReused();
  // The service must be there in any case.
  expect((await readBytes(client, 6)).toString()).toBe("ECS01\n");
  client.end();
  return reused;
}

beforeAll(async () => {
  const authority = await createAuthority();
  certificate = await authority.issue({ names: ["localhost"] });
  backend = await Backend.start(named("ECS01"));
  [port, otherPort] = [await freePort(), await freePort()];
  plane = await DataPlaneProcess.start({ workers: 3 });
  await apply([certificate]);
});

describe.each(VERSIONS)("a %s session", (version) => {
  test("resumes in every worker", async () => {
    const session = await getSession(version);
    const before = (await plane.counters())["handshakes_resumed"] ?? 0;
    const answers = await Promise.all(Array.from({ length: 60 }, () => resumes(version, session)));
    expect(answers).not.toContain(false);
    expect((await plane.counters())["handshakes_resumed"]).toBe(before + 60);
  });

  test("resumes after a renewed certificate", async () => {
    const session = await getSession(version);
    await apply([await (await createAuthority()).issue({ names: ["localhost"] })]);
    expect(await resumes(version, session)).toBe(true);
    await apply([certificate]);
  });

  test("resumes after the data plane was replaced by a fresh process", async () => {
    const session = await getSession(version);
    await plane.restart();
    await apply([certificate]);
    expect(await resumes(version, session)).toBe(true);
  });

  test("is worth nothing on another listener", async () => {
    const session = await getSession(version);
    expect(await resumes(version, session, otherPort)).toBe(false);
  });

  test("is worth nothing once the ticket key was changed, and the client does not notice", async () => {
    const session = await getSession(version);
    await apply([certificate], createHash("sha384").update("another").digest("base64"));
    expect(await resumes(version, session)).toBe(false);
    await apply([certificate]);
  });
});
