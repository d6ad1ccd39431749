import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIMITS } from "tls-offload-agent/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificateDeclaration } from "../../../../provider/certificate/declaration";
import { certificateFacts, parseChain } from "../../../../provider/certificate/x509";
import {
  createAuthority,
  type Authority,
  type IssuedCertificate,
} from "../../../../scripts/demo/certificate-authority";
import { checked } from "../declared";

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const names = ["www.example.test", "127.0.0.1"];
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MILLISECONDS);

let directory: string;
let authority: Authority;
let good: IssuedCertificate;
let other: IssuedCertificate;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "certificate-rules-"));
  authority = await createAuthority({ intermediate: true });
  good = await authority.issue({ names });
  other = await (await createAuthority({ name: "Other CA", intermediate: true })).issue({ names });
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const certificate = (changes: object, olds?: Readonly<Record<string, unknown>>): ReturnType<typeof checked> =>
  checked(
    certificateDeclaration,
    { certificateName: "www", cert: good.chainPem, key: good.keyPem, ...changes },
    olds,
  );
const blocks = (chain: string): string[] =>
  parseChain(chain).map((certificateOfChain) => certificateOfChain.toString());

describe("a certificate's mistakes, as a person reads them", () => {
  it("lets a correct one through, with the hash that stands for its key", () => {
    const { inputs, reasons, advice } = certificate({});
    expect([...reasons, ...advice]).toEqual([]);
    expect(inputs["keySpkiSha256"]).toBe(certificateFacts(good.chainPem).spkiSha256);
  });

  it("says that a chain is longer than hosts take, instead of failing there", () => {
    const cert = good.chainPem + "#".repeat(LIMITS.chainBytes);
    expect(certificate({ cert }).reasons).toEqual([
      `cert: has a value that is not allowed. Give text of 0 to ${LIMITS.chainBytes} characters. (INPUT_VALUE)`,
    ]);
  });

  it("says that the key is another one's", () => {
    expect(certificate({ key: other.keyPem }).reasons).toEqual([
      "key: the private key does not belong to the first certificate of `cert`. Give the key that the certificate was issued for, and put the server certificate first. (KEY_MISMATCH)",
    ]);
  });

  it("tells a chain in the wrong order from one with a stranger in it", () => {
    const root = authority.certPem;
    const [leaf = "", intermediate = ""] = blocks(good.chainPem);
    const [, stranger = ""] = blocks(other.chainPem);
    expect(certificate({ cert: leaf + root + intermediate }).reasons).toEqual([
      "cert: certificate 2 of the chain does not issue the one before it; the chain is out of order. Put the server certificate first and each issuer right behind the certificate that it issued. (CERTIFICATE_ORDER)",
    ]);
    expect(certificate({ cert: leaf + intermediate + stranger }).reasons).toEqual([
      "cert: certificate 3 of the chain issued none of the others. Remove it; a chain holds the server certificate and its issuers only. (CERTIFICATE_UNRELATED)",
    ]);
    expect(certificate({ cert: leaf + intermediate + intermediate }).reasons).toEqual([
      "cert: certificate 3 of the chain issued none of the others. Remove it; a chain holds the server certificate and its issuers only. (CERTIFICATE_UNRELATED)",
    ]);
    expect(certificate({ cert: intermediate + leaf }).reasons.join()).toMatch(/CERTIFICATE_ORDER/);
    expect(certificate({ cert: leaf + intermediate + root }).reasons).toEqual([]);
  });

  it("refuses an expired certificate that is new or changed, and only warns of one that is in use", async () => {
    const expired = await authority.issue({ names, notBefore: inDays(-2), notAfter: inDays(-1) });
    const inputs = { cert: expired.chainPem, key: expired.keyPem };
    const message =
      /^cert: the certificate expired on .*Z\. Give a renewed certificate\. \(CERTIFICATE_EXPIRED\)$/;
    expect(certificate(inputs).reasons).toEqual([expect.stringMatching(message)]);
    expect(certificate(inputs, { cert: good.chainPem }).reasons).toEqual([expect.stringMatching(message)]);
    const unchanged = certificate(inputs, { cert: expired.chainPem });
    expect(unchanged.reasons).toEqual([]);
    expect(unchanged.advice).toEqual([expect.stringMatching(message)]);
  });

  it("refuses one that is not valid yet", async () => {
    const early = await authority.issue({ names, notBefore: inDays(1) });
    expect(certificate({ cert: early.chainPem, key: early.keyPem }).reasons).toEqual([
      expect.stringMatching(/^cert: the certificate is valid from .*Z on\. Wait until then, /),
    ]);
  });

  it("warns from 30 days before the end", async () => {
    const ending = async (days: number): Promise<readonly string[]> => {
      const issued = await authority.issue({ names, notAfter: inDays(days) });
      return certificate({ cert: issued.chainPem, key: issued.keyPem }).advice;
    };
    expect(await ending(31)).toEqual([]);
    expect(await ending(29.5)).toEqual([expect.stringMatching(/expires on .*, in 29 days\. Renew it/)]);
  });

  it.each([
    [{ key: undefined }, /^key: there is no private key\. .*\(KEY_NOT_GIVEN\)$/],
    [
      { keyFile: "/nowhere/key.pem" },
      /^keyFile: there are both `key` and `keyFile`\. .*\(KEY_GIVEN_TWICE\)$/,
    ],
    [
      { key: undefined, keyFile: "/nowhere/key.pem" },
      /^keyFile: the key file cannot be read: there is no such file\. .*\(KEY_FILE_UNREADABLE\)$/,
    ],
    [{ key: undefined, keyFile: "/" }, /^keyFile: the key file cannot be read: it is a directory\./],
    [{ key: "no key" }, /^key: is not a PEM private key\. .*\(KEY_MALFORMED\)$/],
    [
      { cert: "/etc/ssl/www.pem" },
      /^cert: is not a chain of PEM certificates: there is no BEGIN CERTIFICATE block in it\./,
    ],
  ])("says of %j what would be right", (changes, message) => {
    expect(certificate(changes).reasons).toEqual([expect.stringMatching(message)]);
  });

  it("says that a private key stands where the certificate belongs", () => {
    expect(certificate({ cert: good.chainPem + good.keyPem }).reasons).toEqual([
      expect.stringMatching(/^cert: is not a chain of PEM certificates: there is a private key in it\./),
    ]);
  });

  it("refuses a key with a passphrase, in a file as well", () => {
    const { privateKey } = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" },
    });
    const keyFile = join(directory, "encrypted.pem");
    writeFileSync(keyFile, privateKey);
    expect(certificate({ key: undefined, keyFile }).reasons).toEqual([
      "keyFile: the private key is encrypted with a passphrase. Decrypt it (openssl pkey) and keep it as a Pulumi secret or in a file that only you can read. (KEY_ENCRYPTED)",
    ]);
  });

  it("refuses an RSA key that clients refuse", () => {
    const [certFile, keyFile] = [join(directory, "small.pem"), join(directory, "small-key.pem")];
    const words = `req -x509 -newkey rsa:1024 -nodes -days 90 -subj /CN=small -keyout ${keyFile}`.split(" ");
    const cert = execFileSync("openssl", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    writeFileSync(certFile, cert);
    expect(certificate({ cert, key: undefined, keyFile }).reasons).toEqual([
      "cert: the certificate has an RSA key of 1024 bits. Use an RSA key of at least 2048 bits, or an ECDSA key. (KEY_TOO_SMALL)",
    ]);
  });
});

describe("what outputs say of a certificate", () => {
  it("has the facts that openssl has", () => {
    const file = join(directory, "facts.pem");
    writeFileSync(file, good.certPem);
    const openssl = (...words: string[]): string =>
      execFileSync("openssl", ["x509", "-in", file, "-noout", ...words], { encoding: "utf8" });
    const facts = certificateFacts(good.chainPem);
    expect(openssl("-fingerprint", "-sha256").replaceAll(":", "").toLowerCase()).toContain(
      facts.fingerprintSha256,
    );
    expect(facts).toMatchObject({
      subject: "CN=www.example.test",
      subjectAlternativeNames: names,
      issuer: "CN=Demo CA intermediate",
      keyType: "ECDSA-P-256",
    });
    expect(new Date(openssl("-enddate").split("=")[1] ?? "").toISOString()).toBe(facts.notAfter);
  });
});
