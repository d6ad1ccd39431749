import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { localClient } from "../../provider/transport/local/client";
import { startBackend, type TestBackend } from "../support/backend";
import type { IssuedCertificate } from "../../scripts/demo/certificate-authority";
import { freePort } from "../support/free-port";
import { keySecret, leaksIn } from "../support/secret-forms";
import { Site, SITE_NAME, type Settings } from "./site";

const LONG = process.env["TEST_LONG"] !== undefined;

/** One turn of a random program, small numbers that stand for ports, certificates and backends. */
interface Turn {
  readonly port: number;
  readonly certificate: number;
  readonly servers: readonly { readonly backend: number; readonly weight: number }[];
  readonly strict: boolean;
  readonly idleTimeout: number;
  readonly withDns: boolean;
  readonly withListener: boolean;
}

const turn: fc.Arbitrary<Turn> = fc.record({
  port: fc.nat({ max: 1 }),
  certificate: fc.nat({ max: 2 }),
  servers: fc.uniqueArray(
    fc.record({ backend: fc.nat({ max: 2 }), weight: fc.integer({ min: 1, max: 100 }) }),
    {
      minLength: 1,
      maxLength: 3,
      selector: ({ backend }) => backend,
    },
  ),
  strict: fc.boolean(),
  idleTimeout: fc.integer({ min: 1, max: 900 }),
  withDns: fc.boolean(),
  withListener: fc.boolean(),
});

describe("whatever a program declares", () => {
  let site: Site;
  let ports: number[];
  let certificates: IssuedCertificate[];
  let backends: TestBackend[];

  beforeAll(async () => {
    site = await Site.start();
    ports = [await freePort(), await freePort()];
    certificates = await Promise.all([1, 2, 3].map(() => site.authority.issue({ names: [SITE_NAME] })));
    backends = await Promise.all(["ECS01", "ECS02", "ECS03"].map((name) => startBackend(name)));
  });

  it("is served as declared, found as declared, and not applied twice", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 3 }), async (turns) => {
        for (const each of turns) await applyAndLook(each);
      }),
      { numRuns: LONG ? 40 : 4, endOnFailure: true },
    );
  });

  async function applyAndLook(each: Turn): Promise<void> {
    const settings = settingsOf(each);
    const program = site.program(settings);
    await site.engine.up(program);
    // diff(read(apply(x)), x) is empty.
    expect((await site.engine.preview(program, { refresh: true })).changes).toEqual([]);
    const agent = localClient("here", site.stateDir);
    const { confirmed, pending } = await agent.call("document", {});
    expect(pending).toBeNull();
    expect(
      Object.values(confirmed.objects)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(kindsOf(each));
    // Applying again, by force, changes nothing that is served.
    const forced = site.engine.snapshot.resources.map((resource) => ({ ...resource, initErrors: ["again"] }));
    site.engine.snapshot = { ...site.engine.snapshot, resources: forced };
    await site.engine.up(program);
    const after = await agent.call("document", {});
    expect(specsOf(after.confirmed.objects)).toEqual(specsOf(confirmed.objects));
    expect(
      leaksIn(
        { document: JSON.stringify(after) },
        certificates.map(({ keyPem }) => keySecret("key", keyPem)),
      ),
    ).toEqual([]);
    if (each.withListener) {
      const declared = each.servers.map(({ backend }) => backends[backend]?.name);
      for (const answer of await site.visit(3, settings.listenerPort)) expect(declared).toContain(answer);
    }
  }

  function settingsOf({ port, certificate, servers, strict, ...rest }: Turn): Partial<Settings> {
    const issued = certificates[certificate];
    return {
      ...rest,
      listenerPort: ports[port] ?? 0,
      cert: issued?.chainPem ?? "",
      key: issued?.keyPem ?? "",
      securityPolicyId: strict ? "tls_cipher_policy_1_2_strict_with_1_3" : "tls_cipher_policy_1_2",
      servers: servers.map(({ backend, weight }) => {
        const { name = "", port: serverPort = 0 } = backends[backend] ?? {};
        return { serverId: name, serverIp: "127.0.0.1", port: serverPort, weight };
      }),
    };
  }
});

function kindsOf({ withListener, withDns }: Turn): string[] {
  const listener = withListener ? ["listener"] : [];
  const dns = withListener && withDns ? ["domain", "record"] : [];
  return ["certificate", "loadBalancer", "serverGroup", ...listener, ...dns].sort();
}

function specsOf(objects: Readonly<Record<string, { readonly spec: unknown }>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(objects).map(([id, { spec }]) => [id, spec]));
}
