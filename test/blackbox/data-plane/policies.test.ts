import { beforeAll, describe, expect, test } from "vitest";
import { SECURITY_POLICIES, SECURITY_POLICY_IDS } from "../../../proxy-agent/contract/security-policy";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { Backend, echo } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { negotiatedOf, sClient } from "../../support/tls-client";
import { configuration, group, listener } from "./configuration";
import { DataPlaneProcess } from "./data-plane-process";

const VERSIONS = {
  TLSv1: "-tls1",
  "TLSv1.1": "-tls1_1",
  "TLSv1.2": "-tls1_2",
  "TLSv1.3": "-tls1_3",
} as const;
/** Without it the client's own security level would refuse, not the server. */
const ANY_CIPHER = ["-cipher", "ALL:@SECLEVEL=0"];
/** In no policy, and in every OpenSSL. */
const FOREIGN_CIPHERS = [
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "DHE-RSA-AES128-GCM-SHA256",
];
const SHA1_ONLY = ["-tls1_2", "-sigalgs", "ECDSA+SHA1:RSA+SHA1", ...ANY_CIPHER];

let certificates: Record<"ec" | "rsa", IssuedCertificate>;
let unavailable: string[];
const ports = new Map<string, number>();

const portOf = (policyId: string, keyType: string): number => ports.get(`${policyId} ${keyType}`) ?? 0;

beforeAll(async () => {
  const authority = await createAuthority();
  certificates = {
    ec: await authority.issue({ names: ["localhost"] }),
    rsa: await authority.issue({ names: ["localhost"], keyType: "rsa" }),
  };
  const backend = await Backend.start(echo);
  const listeners = [];
  for (const securityPolicyId of SECURITY_POLICY_IDS) {
    for (const keyType of ["ec", "rsa"] as const) {
      const port = await freePort();
      ports.set(`${securityPolicyId} ${keyType}`, port);
      listeners.push(listener(port, [certificates[keyType]], { securityPolicyId }));
    }
  }
  const plane = await DataPlaneProcess.start();
  expect(await plane.apply(configuration(listeners, [group([backend.port])]))).toEqual([]);
  const observed = (await plane.observe()).listeners;
  unavailable = [...new Set(observed.flatMap((each) => each.unavailableCiphers))];
});

describe.each(SECURITY_POLICY_IDS)("%s", (policyId) => {
  const policy = SECURITY_POLICIES[policyId];

  test.each(["ec", "rsa"] as const)("accepts its versions and refuses the others (%s)", async (keyType) => {
    const accepted = [];
    for (const [version, flag] of Object.entries(VERSIONS)) {
      const output = await sClient(portOf(policyId, keyType), [flag, ...ANY_CIPHER]);
      if (negotiatedOf(output)?.version === version) accepted.push(version);
    }
    expect(accepted).toEqual(policy.versions);
  });

  test.each(["ec", "rsa"] as const)("serves each of its ciphers and no other (%s)", async (keyType) => {
    const wanted = policy.ciphers.filter((cipher) => !unavailable.includes(cipher) && suits(cipher, keyType));
    const served = [];
    for (const cipher of [...wanted, ...FOREIGN_CIPHERS]) {
      const args = cipher.startsWith("TLS_")
        ? ["-tls1_3", "-ciphersuites", cipher]
        : ["-tls1_2", "-cipher", `${cipher}:@SECLEVEL=0`];
      const output = await sClient(portOf(policyId, keyType), args);
      if (negotiatedOf(output)?.cipher === cipher) served.push(cipher);
    }
    expect(served).toEqual(wanted);
  });

  test("the server's order of ciphers wins over the client's", async () => {
    const backwards = policy.ciphers
      .filter((cipher) => !cipher.startsWith("TLS_") && suits(cipher, "ec"))
      .reverse();
    const output = await sClient(portOf(policyId, "ec"), [
      "-tls1_2",
      "-cipher",
      `${backwards.join(":")}:@SECLEVEL=0`,
    ]);
    expect(negotiatedOf(output)?.cipher).toBe(backwards.at(-1));
  });

  test("signs with SHA-1 only where its versions know nothing better", async () => {
    const served = negotiatedOf(await sClient(portOf(policyId, "ec"), SHA1_ONLY)) !== undefined;
    expect(served).toBe(policy.versions.includes("TLSv1.1"));
  });

  test("a client with another group first still connects, one with none of them does not", async () => {
    const port = portOf(policyId, "ec");
    expect(negotiatedOf(await sClient(port, ["-groups", "X448:P-256"]))).toBeDefined();
    expect(negotiatedOf(await sClient(port, ["-groups", "X448", "-cipher", "ECDHE"]))).toBeUndefined();
  });
});

test("only what OpenSSL does not have is reported as unavailable", () => {
  expect(unavailable).toEqual(["DES-CBC3-SHA"]);
});

test("renegotiation is refused", async () => {
  const output = await sClient(portOf("tls_cipher_policy_1_2", "ec"), ["-tls1_2", ...ANY_CIPHER], "R\n");
  expect(output).toMatch(/no renegotiation/);
});

/** An ECDSA cipher needs an EC certificate, all others of TLS 1.2 an RSA one. */
function suits(cipher: string, keyType: "ec" | "rsa"): boolean {
  return cipher.startsWith("TLS_") || cipher.includes("ECDSA") === (keyType === "ec");
}
