import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority, openAuthority } from "../../../scripts/demo/certificate-authority";

const pemBlocks = (chain: string): X509Certificate[] =>
  (chain.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map((pem) => new X509Certificate(pem));

describe("certificate authority", () => {
  it.each(["ec", "rsa"] as const)(
    "issues a %s certificate that clients accept for its names",
    async (keyType) => {
      const authority = await createAuthority();
      const issued = await authority.issue({ names: ["www.example.test", "127.0.0.1", "::1"], keyType });
      const [leaf] = pemBlocks(issued.chainPem);
      const root = new X509Certificate(authority.certPem);
      expect(leaf?.checkHost("www.example.test")).toBe("www.example.test");
      expect(leaf?.checkIP("127.0.0.1")).toBe("127.0.0.1");
      expect(leaf?.checkIP("::1")).toBe("::1");
      expect(leaf?.checkIssued(root) === true && leaf.verify(root.publicKey)).toBe(true);
      expect(leaf?.checkPrivateKey(createPrivateKey(issued.keyPem))).toBe(true);
      expect(leaf?.ca).toBe(false);
    },
  );

  it("puts the intermediate, and not the root, into the chain", async () => {
    const authority = await createAuthority({ intermediate: true });
    const chain = pemBlocks((await authority.issue({ names: ["a.test"] })).chainPem);
    const [leaf, middle] = chain;
    const root = new X509Certificate(authority.certPem);
    expect(chain).toHaveLength(2);
    expect(middle?.ca).toBe(true);
    expect(middle !== undefined && leaf?.checkIssued(middle)).toBe(true);
    expect(middle?.checkIssued(root)).toBe(true);
  });

  it("keeps the dates that were asked for, so that expiry can be tested", async () => {
    const notBefore = new Date("2020-01-01T00:00:00Z");
    const notAfter = new Date("2021-01-01T00:00:00Z");
    const authority = await createAuthority();
    const { certPem } = await authority.issue({ names: ["a.test"], notBefore, notAfter });
    const certificate = new X509Certificate(certPem);
    expect(new Date(certificate.validFrom)).toEqual(notBefore);
    expect(new Date(certificate.validTo)).toEqual(notAfter);
  });

  it("goes on with a kept root, so that a trusted CA stays trusted", async () => {
    const first = await createAuthority();
    const again = await openAuthority(first.certPem, first.keyPem);
    const { certPem } = await again.issue({ names: ["a.test"] });
    expect(again.certPem).toBe(first.certPem);
    expect(new X509Certificate(certPem).checkIssued(new X509Certificate(first.certPem))).toBe(true);
  });
});
