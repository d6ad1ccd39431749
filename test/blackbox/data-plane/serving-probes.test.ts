import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../../proxy-agent/contract/limits";
import { SECURITY_POLICY_IDS } from "../../../proxy-agent/contract/security-policy";
import type { DataPlaneListener } from "../../../proxy-agent/data-plane/interface";
import { makeClientHello } from "../../../proxy-agent/dns/serving/client-hello";
import { probe, type ProbeResult } from "../../../proxy-agent/dns/serving/probe";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { Backend, echo } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { until } from "../../support/until";
import { configuration, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

const PROBES = 50;
/** More than the kernel's buffers or OpenSSL's writes take at once. */
const LONG_CHAIN_CERTIFICATES = 90;

let plane: DataPlaneProcess;
let backend: Backend;
let hello: Buffer;
let port: number;
let ec: IssuedCertificate;
let rsa: IssuedCertificate;
let long: IssuedCertificate;

beforeAll(async () => {
  const authority = await createAuthority();
  [ec, rsa] = await Promise.all([
    authority.issue({ names: ["localhost"] }),
    authority.issue({ names: ["localhost"], keyType: "rsa" }),
  ]);
  long = { ...rsa, chainPem: rsa.chainPem + authority.certPem.repeat(LONG_CHAIN_CERTIFICATES) };
  hello = await makeClientHello();
  backend = await Backend.start(echo);
  plane = await DataPlaneProcess.start({ workers: 2 });
});

beforeEach(async () => {
  port = await freePort();
});

async function serve(
  certificates: readonly IssuedCertificate[],
  overrides: Partial<DataPlaneListener> = {},
): Promise<void> {
  const listeners = [listener(port, certificates, overrides)];
  expect(await plane.apply(configuration(listeners, [group([backend.port])]))).toEqual([]);
}

async function probeOften(): Promise<ProbeResult[]> {
  const probes = Array.from({ length: PROBES }, () => probe({ address: "127.0.0.1", port }, hello));
  return [...new Set(await Promise.all(probes))];
}

/** The counters once that many probes more than before were taken, and have left. */
async function countersAfterProbes(
  before: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
  return until("all probes have left", async () => {
    const counters = await plane.counters();
    const { listeners } = await plane.observe();
    const taken = (counters["connections"] ?? 0) - (before["connections"] ?? 0);
    return taken === PROBES && listeners.every(({ connections }) => connections === 0) ? counters : undefined;
  });
}

/** All that would look like a client's trouble. */
function troubles(counters: Readonly<Record<string, number>>): unknown {
  const { handshakes_ok, handshakes_failed, handshakes_timed_out, client_errors } = counters;
  return { handshakes_ok, handshakes_failed, handshakes_timed_out, client_errors };
}

describe("a probe of a listener that serves", () => {
  const kinds = [
    ["an EC certificate", () => [ec]],
    ["an RSA certificate", () => [rsa]],
    ["several certificates", () => [rsa, ec]],
    ["a chain of many certificates", () => [long]],
  ] as const;

  const cases = SECURITY_POLICY_IDS.flatMap((policy) =>
    kinds.map(([kind, chains]) => ({ policy, kind, chains })),
  );

  test.each(cases)(
    "finds it under $policy with $kind, fails no handshake and opens no connection to a backend",
    async ({ policy, chains }) => {
      await serve(chains(), { securityPolicyId: policy, alpnProtocols: ["h2"] });
      const before = await plane.counters();
      expect(await probeOften()).toEqual([""]);
      expect(troubles(await countersAfterProbes(before))).toEqual(troubles(before));
      expect(backend.accepted).toBe(0);
    },
  );

  test("tells nothing of one that is at its limit: to leave it out would only lead its clients to the next", async () => {
    await serve([ec], { connectionsPerSecond: 1 });
    const results = await probeOften();
    expect(results).toContain(null);
    expect(results.filter((result) => result !== null && result !== "")).toEqual([]);
  });
});

describe("a probe of a host that cannot serve", () => {
  test("tells of a data plane that hangs, and is no failed handshake of it when it goes on", async () => {
    await serve([ec]);
    const before = await plane.counters();
    const signalAll = (signal: NodeJS.Signals): void => {
      for (const pid of plane.workerPids()) process.kill(pid, signal);
    };
    signalAll("SIGSTOP");
    try {
      expect(await probeOften()).toEqual([`no answer within ${LIMITS.servingAnswerSeconds} s`]);
    } finally {
      signalAll("SIGCONT");
    }
    expect(troubles(await countersAfterProbes(before))).toEqual(troubles(before));
    expect(await probeOften()).toEqual([""]);
  });
});
